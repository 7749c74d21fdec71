package grpc

import (
	"fmt"

	"google.golang.org/grpc/mem"
)

// outFrame is an encoded SessionRequest. It may be reused after SendMsg.
type outFrame []byte

// inFrame is an encoded SessionResponse; its memory is reused for the next one.
type inFrame struct{ bytes []byte }

// frameKept is up to how many bytes of memory an inFrame keeps for the next one.
const frameKept = 1 << 20

// frameCodec passes encoded frames through. On the wire it is protobuf.
type frameCodec struct{}

// Name implements encoding.CodecV2.
func (frameCodec) Name() string { return "proto" }

// Marshal implements encoding.CodecV2. The frame is copied: the transport may
// write it later.
func (frameCodec) Marshal(v any) (mem.BufferSlice, error) {
	frame, ok := v.(outFrame)
	if !ok {
		return nil, fmt.Errorf("a %T is not a frame to send", v)
	}
	return mem.BufferSlice{mem.Copy(frame, mem.DefaultBufferPool())}, nil
}

// Unmarshal implements encoding.CodecV2.
func (frameCodec) Unmarshal(data mem.BufferSlice, v any) error {
	frame, ok := v.(*inFrame)
	if !ok {
		return fmt.Errorf("a %T cannot hold a frame that was received", v)
	}
	size := data.Len()
	if cap(frame.bytes) < size || cap(frame.bytes) > frameKept {
		frame.bytes = make([]byte, size)
	}
	frame.bytes = frame.bytes[:size]
	data.CopyTo(frame.bytes)
	return nil
}
