package wire

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// Fields of the session protocol on the way of a message. Others are read and
// written with the generated code.
const (
	requestPublishField  = 3 // SessionRequest.publish
	publishMessagesField = 1 // PublishCommand.messages
	outgoingTenantField  = 2 // OutgoingMessage
	outgoingChannelField = 3
	outgoingPayloadField = 4

	responseDeliveriesField = 4 // SessionResponse.deliveries
	deliveriesMessagesField = 1 // Deliveries.messages
	deliveryPayloadField    = 6 // Delivery.payload
)

func appendRequest(dst []byte, r *fastpubsubv1.SessionRequest) []byte {
	dst, err := proto.MarshalOptions{}.MarshalAppend(dst, r)
	if err != nil {
		panic(err) // every field is text of ours
	}
	return dst
}

func subscribeRequest(dst []byte, number int, channel string) []byte {
	return appendRequest(dst, &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Subscribe{
		Subscribe: &fastpubsubv1.SubscribeCommand{RequestId: uint64(number), Tenant: tenant, Pattern: channel},
	}})
}

func unsubscribeRequest(dst []byte, number int, channel string) []byte {
	return appendRequest(dst, &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Unsubscribe{
		Unsubscribe: &fastpubsubv1.UnsubscribeCommand{RequestId: uint64(number), Tenant: tenant, Pattern: channel},
	}})
}

// publishSize is the size of what appendPublish appends.
func publishSize(channel string, payload []byte) (whole, command, message int) {
	message = protowire.SizeTag(outgoingTenantField) + protowire.SizeBytes(len(tenant)) +
		protowire.SizeTag(outgoingChannelField) + protowire.SizeBytes(len(channel)) +
		protowire.SizeTag(outgoingPayloadField) + protowire.SizeBytes(len(payload))
	command = protowire.SizeTag(publishMessagesField) + protowire.SizeBytes(message)
	return protowire.SizeTag(requestPublishField) + protowire.SizeBytes(command), command, message
}

func appendPublish(dst []byte, channel string, payload []byte) []byte {
	_, command, message := publishSize(channel, payload)
	dst = protowire.AppendTag(dst, requestPublishField, protowire.BytesType)
	dst = protowire.AppendVarint(dst, uint64(command))
	dst = protowire.AppendTag(dst, publishMessagesField, protowire.BytesType)
	dst = protowire.AppendVarint(dst, uint64(message))
	dst = protowire.AppendTag(dst, outgoingTenantField, protowire.BytesType)
	dst = protowire.AppendString(dst, tenant)
	dst = protowire.AppendTag(dst, outgoingChannelField, protowire.BytesType)
	dst = protowire.AppendString(dst, channel)
	dst = protowire.AppendTag(dst, outgoingPayloadField, protowire.BytesType)
	return protowire.AppendBytes(dst, payload)
}

var errDeliveries = errors.New("deliveries cannot be read")

// takeResponse reads one SessionResponse.
func takeResponse(frame []byte, to Receiver) error {
	if number, kind, size := protowire.ConsumeTag(frame); size > 0 && number == responseDeliveriesField && kind == protowire.BytesType {
		deliveries, n := protowire.ConsumeBytes(frame[size:])
		if n < 0 {
			return protowire.ParseError(n)
		}
		return takeDeliveries(deliveries, to)
	}
	response := new(fastpubsubv1.SessionResponse)
	if err := proto.Unmarshal(frame, response); err != nil {
		return err
	}
	switch event := response.Event.(type) {
	case *fastpubsubv1.SessionResponse_Welcome:
		to.Opened()
		return nil
	case *fastpubsubv1.SessionResponse_Success:
		to.Acknowledged(len(event.Success.RequestIds))
		return nil
	case *fastpubsubv1.SessionResponse_Lost: // the messages' numbers tell
		return nil
	default:
		return fmt.Errorf("the server said %v", response)
	}
}

// takeDeliveries reads deliveries without the library's functions for fields, which
// take longer than all the rest that is done with a delivery.
func takeDeliveries(deliveries []byte, to Receiver) error {
	for len(deliveries) > 0 {
		f, rest, err := takeField(deliveries)
		if err != nil || f.number != deliveriesMessagesField || f.kind != protowire.BytesType {
			return errDeliveries
		}
		if err := takeDelivery(f.bytes, to); err != nil {
			return err
		}
		deliveries = rest
	}
	return nil
}

// takeDelivery finds the payload of one delivery; an empty payload is no field.
func takeDelivery(delivery []byte, to Receiver) error {
	for len(delivery) > 0 {
		f, rest, err := takeField(delivery)
		if err != nil {
			return err
		}
		if f.number == deliveryPayloadField && f.kind == protowire.BytesType {
			to.Message(f.bytes)
			return nil
		}
		delivery = rest
	}
	return errDeliveries
}

// field is a field of a message whose number is below 16.
type field struct {
	number byte
	kind   protowire.Type
	bytes  []byte // of protowire.BytesType
}

// takeField reads the field at the start of a message, which is not empty.
func takeField(message []byte) (f field, rest []byte, err error) {
	tag := message[0]
	f.number, f.kind, rest = tag>>3, protowire.Type(tag&7), message[1:]
	size := -1
	switch f.kind {
	case protowire.VarintType:
		_, size = varint(rest)
	case protowire.Fixed64Type:
		size = 8
	case protowire.Fixed32Type:
		size = 4
	case protowire.BytesType:
		length, n := varint(rest)
		if n < 0 || length > uint64(len(rest)-n) {
			return f, nil, errDeliveries
		}
		size = n + int(length)
		f.bytes = rest[n:size]
	}
	if tag > 0x7f || size < 0 || size > len(rest) {
		return f, nil, errDeliveries
	}
	return f, rest[size:], nil
}

// varint reads a number; n is negative if it is not whole.
func varint(b []byte) (value uint64, n int) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint64(b[0]), 1
	}
	return protowire.ConsumeVarint(b)
}
