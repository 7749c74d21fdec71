package grpc

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/h2"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// stream is the stream of one call. It is an rpc.Stream, and a grpc.ServerStream for
// the standard services, which has no headers and trailers of its own.
type stream struct {
	raw        *h2.Stream
	ctx        context.Context
	method     string // its path
	connection *connection
	stopping   context.Context // ends when the server stops
	limit      int
	leave      func() // the call's end, for its connection; nil: nobody was admitted
	resume     func() // goes on with a call that does not wait; nil: it waits
	messages   messages
	outgoing   *outgoing // nil: nothing is kept for Flush
}

// Finish implements rpc.Stream.
func (s *stream) Finish(cause *apierror.Error) {
	if cause == nil {
		s.finish(nil)
		return
	}
	s.finish(cause)
}

// finish ends the stream with what its handler has returned.
func (s *stream) finish(err error) {
	if err == nil && errors.Is(s.raw.Context().Err(), context.DeadlineExceeded) {
		err = context.DeadlineExceeded
	}
	end, ok := status.FromError(err)
	if !ok {
		end = status.FromContextError(err)
	}
	s.raw.Finish(appendStatus(nil, end))
}

// outgoing is messages until they are written.
type outgoing struct {
	heads []byte // what gRPC puts before each message, and what stands before its frames
	parts [][]byte
	size  int
}

var outgoings = sync.Pool{New: func() any { return new(outgoing) }}

// Send implements rpc.Sender. It keeps the message for Flush: what an outbox hands
// over at once goes out in one write.
func (s *stream) Send(m *rpc.Message) error {
	if s.outgoing == nil {
		s.outgoing = outgoings.Get().(*outgoing)
	}
	o := s.outgoing
	from := len(o.heads)
	o.heads = m.AppendHead(appendPrefix(o.heads, m.Size()))
	o.parts = m.AppendParts(append(o.parts, o.heads[from:]))
	o.size += prefixBytes + m.Size()
	return nil
}

// Flush implements rpc.Sender.
func (s *stream) Flush() error {
	o := s.outgoing
	s.outgoing = nil
	err := s.raw.Write(o.parts, o.size)
	clear(o.parts)
	*o = outgoing{heads: o.heads[:0], parts: o.parts[:0]}
	outgoings.Put(o)
	return err
}

// appendPrefix appends what stands before each message: it is not compressed, and so
// long.
func appendPrefix(dst []byte, size int) []byte {
	return binary.BigEndian.AppendUint32(append(dst, 0), uint32(size)) //nolint:gosec // limits are far below
}

// SendMsg implements grpc.ServerStream.
func (s *stream) SendMsg(m any) error {
	encoded, err := proto.Marshal(m.(proto.Message))
	if err != nil {
		return err
	}
	return s.raw.Write([][]byte{appendPrefix(nil, len(encoded)), encoded}, prefixBytes+len(encoded))
}

// Receive implements rpc.Stream. Between messages it holds no memory.
func (s *stream) Receive() ([]byte, error) {
	data, err := s.messages.next(s, 2*rpc.RequestLimit(s.limit))
	if err == nil && len(data) > s.limit {
		err = tooLarge(len(data), s.limit)
	}
	return data, err
}

// Another implements rpc.Stream.
func (s *stream) Another() []byte { return s.messages.another(s.limit) }

// Next implements pieces.
func (s *stream) Next() ([]byte, error) {
	if s.resume == nil {
		return s.raw.Next()
	}
	piece, err := s.raw.NextOrPark(s.resume)
	if errors.Is(err, h2.ErrParked) {
		err = rpc.ErrNothing
	}
	return piece, err
}

func tooLarge(size, limit int) error {
	return apierror.Newf(apierror.PayloadTooLarge, "the message has %d bytes, the limit is %d; send less at once", size, limit)
}

// RecvMsg implements grpc.ServerStream.
func (s *stream) RecvMsg(m any) error {
	data, err := s.Receive()
	if err != nil {
		return err
	}
	return proto.Unmarshal(data, m.(proto.Message))
}

// only reads the one message of a call that has only one, and gives up when it does
// not come in time, or the server stops first.
func (s *stream) only(request proto.Message) error {
	s.limit = rpc.RequestLimit(s.limit)
	intime, cancel := context.WithTimeout(s.stopping, requestTimeout)
	defer cancel()
	kept := context.AfterFunc(intime, func() { s.Finish(s.late()) })
	data, err := s.Receive()
	switch {
	case !kept():
		return s.late()
	case errors.Is(err, io.EOF):
		return apierror.New(apierror.RequestInvalid, "the call carries no message; send one")
	case err != nil:
		return err
	}
	if err := proto.Unmarshal(data, request); err != nil {
		return apierror.Newf(apierror.RequestInvalid, "the message is no %s; use the service's definition", request.ProtoReflect().Descriptor().FullName())
	}
	return nil
}

// late is why a request is not waited for any longer.
func (s *stream) late() *apierror.Error {
	if s.stopping.Err() != nil {
		return apierror.New(apierror.Draining, "the server ends, and the request has not arrived; use another one")
	}
	return apierror.Newf(apierror.RequestInvalid, "the request did not arrive within %v; send it as soon as the call is made", requestTimeout)
}

// Context implements grpc.ServerStream.
func (s *stream) Context() context.Context { return s.ctx }

// SetHeader implements grpc.ServerStream.
func (*stream) SetHeader(metadata.MD) error { return nil }

// SendHeader implements grpc.ServerStream.
func (*stream) SendHeader(metadata.MD) error { return nil }

// SetTrailer implements grpc.ServerStream.
func (*stream) SetTrailer(metadata.MD) {}
