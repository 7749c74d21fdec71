package connect

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

const (
	binaryName = "proto"
	jsonName   = "json"
)

// inbound is a client's message as it came, so that one that cannot be read is
// refused with a reason.
type inbound struct {
	data   []byte
	isJSON bool
}

func (i *inbound) take(data []byte, isJSON bool) error {
	i.data, i.isJSON = append(i.data[:0], data...), isJSON
	return nil
}

// decode reads the message. Members and fields that it does not know are
// ignored.
func (i *inbound) decode(m proto.Message) error {
	if i.isJSON {
		return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(i.data, m)
	}
	return proto.Unmarshal(i.data, m)
}

// frame is the message as a frame of the session protocol.
func (i *inbound) frame() ([]byte, error) {
	if !i.isJSON {
		return i.data, nil
	}
	request := new(fastpubsubv1.SessionRequest)
	if err := i.decode(request); err != nil {
		return nil, apierror.New(apierror.FrameInvalid, "the frame is no SessionRequest of fastpubsub.v1; send one JSON object per frame")
	}
	return proto.Marshal(request)
}

// tooLarge refuses a message beyond a limit.
func (i *inbound) tooLarge(limit int) error {
	if len(i.data) <= limit {
		return nil
	}
	return apierror.Newf(apierror.PayloadTooLarge, "the message has %d bytes, the limit is %d; send less at once", len(i.data), limit)
}

// binaryCodec is protobuf. It takes clients' messages as *inbound, and gives out
// *rpc.Message and messages of the contract.
type binaryCodec struct{}

func (binaryCodec) Name() string { return binaryName }

func (c binaryCodec) Marshal(v any) ([]byte, error) { return c.MarshalAppend(nil, v) }

// MarshalAppend spares a copy.
func (binaryCodec) MarshalAppend(dst []byte, v any) ([]byte, error) {
	switch m := v.(type) {
	case *rpc.Message:
		return m.Append(dst), nil
	case proto.Message:
		return proto.MarshalOptions{}.MarshalAppend(dst, m)
	default:
		return nil, fmt.Errorf("connect: cannot marshal %T", v)
	}
}

func (binaryCodec) Unmarshal(data []byte, v any) error {
	i, ok := v.(*inbound)
	if !ok {
		return fmt.Errorf("connect: cannot unmarshal into %T", v)
	}
	return i.take(data, false)
}

// jsonCodec is protobuf's JSON with the contract's own names.
type jsonCodec struct{ name string }

func (c jsonCodec) Name() string { return c.name }

func (jsonCodec) Marshal(v any) ([]byte, error) {
	message, ok := v.(proto.Message)
	if streamed, isStreamed := v.(*rpc.Message); isStreamed {
		var err error
		if message, err = streamed.Decode(); err != nil {
			return nil, err
		}
		ok = true
	}
	if !ok {
		return nil, fmt.Errorf("connect: cannot marshal %T", v)
	}
	return protojson.MarshalOptions{UseProtoNames: true}.Marshal(message)
}

func (jsonCodec) Unmarshal(data []byte, v any) error {
	i, ok := v.(*inbound)
	if !ok {
		return fmt.Errorf("connect: cannot unmarshal into %T", v)
	}
	return i.take(data, true)
}
