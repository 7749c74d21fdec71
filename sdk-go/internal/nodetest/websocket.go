package nodetest

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// ServeWebSocket serves the node until the test ends, with TLS when there is a
// configuration, and returns the address.
func (n *Node) ServeWebSocket(t testing.TB, security *tls.Config) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(n.upgrade))
	if security != nil {
		server.TLS = security.Clone()
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(func() {
		n.End(nil)
		server.CloseClientConnections()
		server.Close()
	})
	return "ws" + strings.TrimPrefix(server.URL, "http") + "/ws"
}

func (n *Node) upgrade(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if refusal := n.admit(token); refusal != nil {
		refuseHTTP(w, refusal)
		return
	}
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"fastpubsub.v1"}})
	if err != nil {
		return
	}
	socket.SetReadLimit(1 << 20)
	n.serve(socketLink{socket})
	_ = socket.CloseNow()
}

func refuseHTTP(w http.ResponseWriter, refusal *Refusal) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(int(traits(refusal.Reason).GetHttpStatus()))
	_ = json.NewEncoder(w).Encode(map[string]any{"type": "about:blank", "detail": refusal.Text, "reason": reasonText(refusal.Reason)})
}

func traits(reason fastpubsubv1.ErrorReason) *fastpubsubv1.ErrorTraits {
	options := reason.Descriptor().Values().ByNumber(reason.Number()).Options().(*descriptorpb.EnumValueOptions)
	return proto.GetExtension(options, fastpubsubv1.E_Traits).(*fastpubsubv1.ErrorTraits)
}

func reasonText(reason fastpubsubv1.ErrorReason) string {
	return strings.TrimPrefix(reason.String(), "ERROR_REASON_")
}

type socketLink struct{ socket *websocket.Conn }

func (l socketLink) read() ([]byte, error) {
	_, frame, err := l.socket.Read(context.Background())
	return frame, err
}

func (l socketLink) write(frame []byte) error {
	return l.socket.Write(context.Background(), websocket.MessageBinary, frame)
}

func (l socketLink) close(refusal *Refusal) {
	if refusal == nil {
		_ = l.socket.CloseNow()
		return
	}
	code := websocket.StatusCode(traits(refusal.Reason).GetWebsocketClose())
	_ = l.socket.Close(code, reasonText(refusal.Reason)+": "+refusal.Text)
}
