package grpc

import (
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"

	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// copyBytes is the largest single frame that is copied; larger ones are referred
// to. Copying small pieces is cheaper than writing many.
const copyBytes = 4 << 10

// codec is protobuf, but for two types: an *rpc.Message goes out as the bytes
// that it already is, and an *inbound takes a client's message as it came.
type codec struct{ encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2(proto.Name)} }

// inbound is a client's message as it came.
type inbound struct{ buffer mem.Buffer }

// bytes belong to the pool again after release.
func (i *inbound) bytes() []byte { return i.buffer.ReadOnlyData() }

func (i *inbound) release() {
	if i.buffer != nil {
		i.buffer.Free()
		i.buffer = nil
	}
}

// Marshal implements encoding.CodecV2.
func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	if m, ok := v.(*rpc.Message); ok {
		return buffers(m), nil
	}
	return c.CodecV2.Marshal(v)
}

// Unmarshal implements encoding.CodecV2.
func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	if i, ok := v.(*inbound); ok {
		i.buffer = data.MaterializeToBuffer(mem.DefaultBufferPool())
		return nil
	}
	return c.CodecV2.Unmarshal(data, v)
}

func buffers(m *rpc.Message) mem.BufferSlice {
	if single := m.Single(); len(single) > copyBytes {
		return mem.BufferSlice{mem.SliceBuffer(m.AppendHead(nil)), mem.SliceBuffer(single)}
	}
	size := m.Size()
	if mem.IsBelowBufferPoolingThreshold(size) {
		return mem.BufferSlice{mem.SliceBuffer(m.Append(make([]byte, 0, size)))}
	}
	pool := mem.DefaultBufferPool()
	buffer := pool.Get(size)
	*buffer = m.Append((*buffer)[:0])
	return mem.BufferSlice{mem.NewBuffer(buffer, pool)}
}
