package http_test

import (
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// anyCodec sends messages of any type, and forgets what is answered but errors.
type anyCodec struct{ json bool }

func (c anyCodec) Name() string {
	if c.json {
		return "json"
	}
	return "proto"
}

func (c anyCodec) Marshal(v any) ([]byte, error) {
	m := *v.(*proto.Message)
	if c.json {
		return protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	}
	return proto.Marshal(m)
}

func (anyCodec) Unmarshal(data []byte, v any) error {
	if status, isStatus := v.(interface{ GetDetails() []*anypb.Any }); isStatus { // of gRPC's trailers
		return proto.Unmarshal(data, status.(proto.Message))
	}
	return nil
}
