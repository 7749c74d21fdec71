package wire

import (
	"google.golang.org/protobuf/encoding/protowire"
)

// The tags of Deliveries.messages and of the fields of Delivery.
const (
	tagMessages    = 1<<3 | uint64(protowire.BytesType)
	tagIDOrigin    = 1<<3 | uint64(protowire.Fixed64Type)
	tagIDSequence  = 2<<3 | uint64(protowire.Fixed64Type)
	tagPublishedAt = 3<<3 | uint64(protowire.Fixed64Type)
	tagTenant      = 4<<3 | uint64(protowire.BytesType)
	tagChannel     = 5<<3 | uint64(protowire.BytesType)
	tagPayload     = 6<<3 | uint64(protowire.BytesType)
	tagHandles     = 7<<3 | uint64(protowire.BytesType) // packed
	tagHandle      = 7<<3 | uint64(protowire.VarintType)
)

// malformed is the size of what cannot be read.
const malformed = -1

// readTag reads the tag at the start of b, which is not empty.
func readTag(b []byte) (tag uint64, size int) {
	if b[0] < 0x80 {
		return uint64(b[0]), 1
	}
	return protowire.ConsumeVarint(b)
}

// skipValue is the size of a field's value at the start of b.
func skipValue(tag uint64, b []byte) int {
	number, kind := protowire.DecodeTag(tag)
	if number < protowire.MinValidNumber || number > protowire.MaxValidNumber {
		return malformed
	}
	return protowire.ConsumeFieldValue(number, kind, b)
}

// readDeliveries appends the messages of one encoded Deliveries to the batch.
func (d *Decoder) readDeliveries(b []byte) error {
	defer d.payloads.reset()
	for len(b) > 0 {
		tag, n := readTag(b)
		if n < 0 {
			return errMalformed
		}
		remaining := len(b)
		b = b[n:]
		if tag != tagMessages {
			if n = skipValue(tag, b); n < 0 {
				return errMalformed
			}
			b = b[n:]
			continue
		}
		message, n := protowire.ConsumeBytes(b)
		if n < 0 || !d.readDelivery(message, remaining) {
			return errMalformed
		}
		b = b[n:]
	}
	return nil
}

// readDelivery appends one encoded Delivery to the batch. remaining is an upper
// bound for the payload bytes that this frame still has.
func (d *Decoder) readDelivery(b []byte, remaining int) bool {
	delivery := d.batch.extend()
	var payload []byte
	for len(b) > 0 {
		tag, n := readTag(b)
		if n < 0 {
			return false
		}
		b = b[n:]
		if tag == tagPayload {
			payload, n = protowire.ConsumeBytes(b)
		} else {
			n = d.readField(delivery, tag, b)
		}
		if n < 0 {
			return false
		}
		b = b[n:]
	}
	delivery.Payload = d.payloads.copy(payload, remaining)
	d.batch.finish()
	return true
}

// readField reads the value of any field but the payload and returns its size.
func (d *Decoder) readField(delivery *Delivery, tag uint64, b []byte) (size int) {
	switch tag {
	case tagIDOrigin:
		delivery.ID.Origin, size = protowire.ConsumeFixed64(b)
	case tagIDSequence:
		delivery.ID.Sequence, size = protowire.ConsumeFixed64(b)
	case tagPublishedAt:
		var nanos uint64
		nanos, size = protowire.ConsumeFixed64(b)
		delivery.PublishedAt = int64(nanos) //nolint:gosec // reinterpreted, as on the wire
	case tagTenant:
		delivery.Tenant, size = readText(d.tenants.get, b)
	case tagChannel:
		delivery.Channel, size = readText(d.channels.get, b)
	case tagHandles:
		size = d.readPackedHandles(b)
	case tagHandle:
		var handle uint64
		handle, size = protowire.ConsumeVarint(b)
		d.batch.handles = append(d.batch.handles, handle)
	default:
		size = skipValue(tag, b)
	}
	return size
}

func readText(get func([]byte) (string, bool), b []byte) (string, int) {
	encoded, size := protowire.ConsumeBytes(b)
	text, ok := get(encoded)
	if size < 0 || !ok {
		return "", malformed
	}
	return text, size
}

// readPackedHandles appends the handles of one packed field and returns how many
// bytes it took.
func (d *Decoder) readPackedHandles(b []byte) int {
	packed, size := protowire.ConsumeBytes(b)
	for size > 0 && len(packed) > 0 {
		handle, n := protowire.ConsumeVarint(packed)
		if n < 0 {
			return malformed
		}
		d.batch.handles = append(d.batch.handles, handle)
		packed = packed[n:]
	}
	return size
}
