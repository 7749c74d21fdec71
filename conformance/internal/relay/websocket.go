package relay

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

const subprotocol = "fastpubsub.v1"

// websocketSide carries sessions over WebSocket.
type websocketSide struct {
	relay    *Relay
	listener net.Listener
	server   *http.Server
	life     context.Context
	end      context.CancelFunc
	target   string
}

func newWebSocketSide(relay *Relay, target string) (*websocketSide, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &websocketSide{relay: relay, listener: listener, target: target}
	s.life, s.end = context.WithCancel(context.Background())
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.server.Serve(listener) }() // ends with Close
	return s, nil
}

func (s *websocketSide) addr() string { return s.listener.Addr().String() }

func (s *websocketSide) close() {
	s.end()
	_ = s.server.Close()
}

// ServeHTTP connects to the server first, so that a refusal reaches the client
// as it is.
func (s *websocketSide) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := http.Header{}
	if token := r.Header.Get("Authorization"); token != "" {
		header.Set("Authorization", token)
	}
	server, refusal, err := websocket.Dial(s.life, "ws://"+s.target+r.URL.Path, &websocket.DialOptions{
		HTTPHeader: header, Subprotocols: offered(r),
	})
	if err != nil {
		passRefusal(w, refusal)
		return
	}
	client, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{subprotocol}, InsecureSkipVerify: true})
	if err != nil {
		_ = server.CloseNow()
		return
	}
	s.pass(client, server)
}

// offered are the entries of Sec-WebSocket-Protocol.
func offered(r *http.Request) (entries []string) {
	for _, line := range r.Header.Values("Sec-WebSocket-Protocol") {
		for entry := range strings.SplitSeq(line, ",") {
			entries = append(entries, strings.TrimSpace(entry))
		}
	}
	return entries
}

func passRefusal(w http.ResponseWriter, refusal *http.Response) {
	if refusal == nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", refusal.Header.Get("Content-Type"))
	w.WriteHeader(refusal.StatusCode)
	_, _ = io.Copy(w, refusal.Body) // coder/websocket has read what is needed of it
}

func (s *websocketSide) pass(client, server *websocket.Conn) {
	client.SetReadLimit(-1)
	server.SetReadLimit(-1)
	link, remove := s.relay.open(func(frame *fastpubsubv1.SessionResponse) error {
		data, err := proto.Marshal(frame)
		if err != nil {
			return err
		}
		return client.Write(s.life, websocket.MessageBinary, data)
	}, func() { _ = server.CloseNow() })
	defer remove()
	go s.passCommands(link, client, server)
	for {
		_, data, err := server.Read(s.life)
		frame := new(fastpubsubv1.SessionResponse)
		if err == nil {
			err = proto.Unmarshal(data, frame)
		}
		if err == nil {
			err = link.pass(frame)
		}
		if reason, ended := link.endedFor(); ended {
			_ = client.Close(closeOf(reason))
			return
		}
		if err != nil {
			passClose(client, err)
			return
		}
	}
}

func (s *websocketSide) passCommands(l *link, client, server *websocket.Conn) {
	for {
		kind, data, err := client.Read(s.life)
		if err == nil {
			hear(l, data)
			err = server.Write(s.life, kind, data)
		}
		if err != nil {
			passClose(server, err)
			return
		}
	}
}

// hear is link.hear of a frame that may be unreadable; that is the server's to
// judge.
func hear(l *link, data []byte) {
	frame := new(fastpubsubv1.SessionRequest)
	if proto.Unmarshal(data, frame) == nil {
		l.hear(frame)
	}
}

// passClose ends one side as the other one was ended.
func passClose(to *websocket.Conn, err error) {
	var closed websocket.CloseError
	if !errors.As(err, &closed) || closed.Code == websocket.StatusNoStatusRcvd {
		_ = to.CloseNow()
		return
	}
	_ = to.Close(closed.Code, closed.Reason)
}
