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
	const tag = deliveriesMessagesField<<3 | byte(protowire.BytesType)
	for len(deliveries) > 0 {
		size, begin := length(deliveries, 1)
		if deliveries[0] != tag || size > len(deliveries)-begin {
			return errDeliveries
		}
		payload := payloadOf(deliveries[begin : begin+size])
		if payload == nil {
			return errDeliveries
		}
		to.Message(payload)
		deliveries = deliveries[begin+size:]
	}
	return nil
}

// payloadOf finds the payload of one delivery; nil: there is none, or what is before
// it cannot be read. Numbers of fields are below 16.
func payloadOf(delivery []byte) []byte {
	const tag = deliveryPayloadField<<3 | byte(protowire.BytesType)
	for at := 0; at < len(delivery); {
		field := delivery[at]
		if field > 0x7f {
			return nil
		}
		at++
		switch protowire.Type(field & 7) {
		case protowire.VarintType:
			_, at = length(delivery, at)
		case protowire.Fixed64Type:
			at += 8
		case protowire.Fixed32Type:
			at += 4
		case protowire.BytesType:
			size, begin := length(delivery, at)
			at = begin + size
			if field == tag && at <= len(delivery) {
				return delivery[begin:at]
			}
		default:
			return nil
		}
	}
	return nil
}

// length reads a number at a place and says where it ends. One that is not whole, or
// larger than any length here, gives a length beyond the end of any message.
func length(b []byte, at int) (value, end int) {
	for shift := 0; at < len(b) && shift < 28; shift += 7 {
		c := b[at]
		at++
		value |= int(c&0x7f) << shift
		if c < 0x80 {
			return value, at
		}
	}
	return MaxUnit, len(b)
}
