// Package wire turns frames of the session protocol into values and back.
// Deliveries, the frames that come by the million, are read by hand straight
// from the bytes; everything else goes through the generated types.
package wire

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// The numbers of SessionResponse's fields that carry an event.
const (
	firstEvent      = 1
	deliveriesEvent = 4
	lastEvent       = 7
)

var errMalformed = errors.New("the frame is not a SessionResponse")

// Event is one frame from the server. Exactly one field is set, or none when the
// frame carries only what a newer server invented.
type Event struct {
	Deliveries *Batch
	Response   *fastpubsubv1.SessionResponse
}

// Decoder reads the frames of one connection. It is for one goroutine.
type Decoder struct {
	batch    Batch
	tenants  lastText
	channels textTable
	payloads payloadBlock
}

// NewDecoder makes a decoder.
func NewDecoder() *Decoder { return &Decoder{channels: newTextTable()} }

// Decode reads one encoded SessionResponse. The frame may be reused afterwards;
// the Batch of the event is valid until the next call.
func (d *Decoder) Decode(frame []byte) (Event, error) {
	only, err := onlyDeliveries(frame)
	if err != nil {
		return Event{}, err
	}
	if only {
		return d.decodeDeliveries(frame)
	}
	response := &fastpubsubv1.SessionResponse{}
	if err := proto.Unmarshal(frame, response); err != nil {
		return Event{}, errMalformed
	}
	if response.GetEvent() == nil {
		return Event{}, nil
	}
	if deliveries := response.GetDeliveries(); deliveries != nil {
		return d.decodeGenerated(deliveries)
	}
	return Event{Response: response}, nil
}

// decodeGenerated reads deliveries that stood in one frame with another event,
// of which the last counts.
func (d *Decoder) decodeGenerated(deliveries *fastpubsubv1.Deliveries) (Event, error) {
	encoded, err := proto.Marshal(deliveries)
	if err != nil {
		return Event{}, errMalformed
	}
	d.batch.reset()
	return Event{Deliveries: &d.batch}, d.readDeliveries(encoded)
}

// onlyDeliveries says whether every event field of the frame is deliveries.
func onlyDeliveries(frame []byte) (bool, error) {
	found := false
	for len(frame) > 0 {
		number, kind, n := protowire.ConsumeTag(frame)
		if n < 0 || number > protowire.MaxValidNumber {
			return false, errMalformed
		}
		size := protowire.ConsumeFieldValue(number, kind, frame[n:])
		if size < 0 {
			return false, errMalformed
		}
		frame = frame[n+size:]
		switch {
		case number == deliveriesEvent && kind == protowire.BytesType:
			found = true
		case number >= firstEvent && number <= lastEvent:
			return false, nil
		}
	}
	return found, nil
}

func (d *Decoder) decodeDeliveries(frame []byte) (Event, error) {
	d.batch.reset()
	for len(frame) > 0 {
		number, kind, n := protowire.ConsumeTag(frame)
		frame = frame[n:]
		if number == deliveriesEvent && kind == protowire.BytesType {
			deliveries, size := protowire.ConsumeBytes(frame)
			if err := d.readDeliveries(deliveries); err != nil {
				return Event{}, err
			}
			frame = frame[size:]
			continue
		}
		frame = frame[protowire.ConsumeFieldValue(number, kind, frame):]
	}
	return Event{Deliveries: &d.batch}, nil
}
