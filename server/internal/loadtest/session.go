package main

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// sessionStream carries encoded frames of the session protocol.
type sessionStream interface {
	send(frame []byte) error
	// next is valid until the next call.
	next() ([]byte, error)
	close()
}

// sessionConnection speaks the session protocol.
type sessionConnection struct{ sessionStream }

func (c sessionConnection) subscribe(channel string) error {
	if err := c.expect(func(r *fastpubsubv1.SessionResponse) bool { return r.GetWelcome() != nil }); err != nil {
		return err
	}
	frame, err := proto.Marshal(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Subscribe{
		Subscribe: &fastpubsubv1.SubscribeCommand{RequestId: 1, Tenant: tenant, Pattern: channel},
	}})
	if err != nil {
		return err
	}
	if err := c.send(frame); err != nil {
		return err
	}
	return c.expect(func(r *fastpubsubv1.SessionResponse) bool { return r.GetSuccess() != nil })
}

func (c sessionConnection) expect(is func(*fastpubsubv1.SessionResponse) bool) error {
	frame, err := c.next()
	if err != nil {
		return err
	}
	response := new(fastpubsubv1.SessionResponse)
	if err := proto.Unmarshal(frame, response); err != nil {
		return err
	}
	if !is(response) {
		return fmt.Errorf("unexpected frame %v", response)
	}
	return nil
}

func (c sessionConnection) receive(take func([]byte) (bool, error)) error {
	for {
		frame, err := c.next()
		if err != nil {
			return err
		}
		more, err := takeDeliveries(frame, take)
		if err != nil || !more {
			return err
		}
	}
}

// The fields that lead to a payload: SessionResponse.deliveries,
// Deliveries.messages, Delivery.payload.
const (
	deliveriesField = 4
	messagesField   = 1
	payloadField    = 6
)

func takeDeliveries(frame []byte, take func([]byte) (bool, error)) (more bool, err error) {
	more = true
	err = fields(frame, deliveriesField, func(deliveries []byte) error {
		return fields(deliveries, messagesField, func(delivery []byte) error {
			return fields(delivery, payloadField, func(payload []byte) error {
				var err error
				more, err = take(payload)
				return err
			})
		})
	})
	return more, err
}

// fields calls take for each occurrence of a length-delimited field.
func fields(message []byte, number protowire.Number, take func([]byte) error) error {
	for len(message) > 0 {
		n, kind, size := protowire.ConsumeTag(message)
		if size < 0 {
			return protowire.ParseError(size)
		}
		message = message[size:]
		if size = protowire.ConsumeFieldValue(n, kind, message); size < 0 {
			return protowire.ParseError(size)
		}
		if n == number && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(message)
			if err := take(value); err != nil {
				return err
			}
		}
		message = message[size:]
	}
	return nil
}

// webSocketStream is the session protocol over a WebSocket.
type webSocketStream struct{ *socket }

func dialSession(s *server) (source, error) {
	k, err := dialSocket(s, "fastpubsub.v1")
	if err != nil {
		return nil, err
	}
	return sessionConnection{webSocketStream{k}}, nil
}

func (w webSocketStream) send(frame []byte) error {
	if err := w.write(opBinary, frame); err != nil {
		return err
	}
	return w.writer.Flush()
}

func (w webSocketStream) next() ([]byte, error) {
	_, data, err := w.read()
	return data, err
}

// grpcStream is the session protocol over gRPC, a connection of its own each.
type grpcStream struct {
	conn   *grpc.ClientConn
	stream grpc.ClientStream
	cancel context.CancelFunc
	frame  []byte
}

func dialGRPC(s *server) (source, error) {
	conn, err := grpc.NewClient(s.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(metadata.AppendToOutgoingContext(context.Background(), "authorization", "Bearer "+s.AccessToken))
	description := &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}
	stream, err := conn.NewStream(ctx, description, fastpubsubv1.PubSubService_Session_FullMethodName, grpc.ForceCodecV2(rawCodec{}))
	if err != nil {
		cancel()
		return nil, err
	}
	return sessionConnection{&grpcStream{conn: conn, stream: stream, cancel: cancel}}, nil
}

func (g *grpcStream) send(frame []byte) error { return g.stream.SendMsg(frame) }

func (g *grpcStream) next() ([]byte, error) {
	err := g.stream.RecvMsg(&g.frame)
	return g.frame, err
}

func (g *grpcStream) close() {
	g.cancel()
	_ = g.conn.Close()
}

// rawCodec carries encoded messages.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	into := v.(*[]byte)
	*into = (*into)[:0]
	for _, part := range data {
		*into = append(*into, part.ReadOnlyData()...)
	}
	return nil
}
