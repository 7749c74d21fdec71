package http_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	transport "github.com/fastpubsub/fastpubsub/server/internal/transport/http"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc/rpctest"
)

const authorized = "Authorization: Bearer " + rpctest.MasterToken + "\r\n"

func TestStopDoesNotWaitForSilentPeers(t *testing.T) { // DL-10, OP-11
	for name, sent := range map[string]string{
		"nothing":                     "",
		"half a header":               "POST /v1/get-token HT",
		"half a body":                 "POST /v1/get-token HTTP/1.1\r\nHost: node\r\nContent-Length: 100\r\n" + authorized + "\r\n{",
		"half a body that is unread":  "POST /v1/get-token HTTP/1.1\r\nHost: node\r\nContent-Length: 100\r\n\r\n{",
		"half a publish over Connect": "POST /fastpubsub.v1.PubSubService/Publish HTTP/1.1\r\nHost: node\r\nContent-Type: application/proto\r\nContent-Length: 100\r\n\r\n{",
		"half a preface":              http2.ClientPreface[:20],
		"a preface":                   http2.ClientPreface,
		"a request that was answered": "GET /ping HTTP/1.1\r\nHost: node\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, n *node, dial func(context.Context) (net.Conn, error)) {
				conn, err := dial(t.Context())
				require.NoError(t, err)
				defer conn.Close()
				go func() { _, _ = io.Copy(io.Discard, conn) }()
				_, err = io.WriteString(conn, sent)
				require.NoError(t, err)
				synctest.Wait()
				began := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				defer cancel()
				n.server.Stop(ctx)
				assert.Less(t, time.Since(began), 300*time.Millisecond)
			})
		})
	}
}

func TestStopAnswersRequestsThatDoNotArrive(t *testing.T) { // ER-3
	inBubble(t, func(t *testing.T, n *node, dial func(context.Context) (net.Conn, error)) {
		conn, err := dial(t.Context())
		require.NoError(t, err)
		defer conn.Close()
		_, err = fmt.Fprintf(conn, "POST /v1/get-token HTTP/1.1\r\nHost: node\r\nContent-Length: 100\r\n%s\r\n{", authorized)
		require.NoError(t, err)
		synctest.Wait()
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			n.server.Stop(context.Background())
		}()
		defer func() { <-stopped }()
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		answer{response.StatusCode, response.Header, string(body)}.problem(t, http.StatusBadRequest, apierror.RequestInvalid)
	})
}

// TestStopWaitsForRequestsInProgress lets those that have arrived in full go on
// (DL-10).
func TestStopWaitsForRequestsInProgress(t *testing.T) {
	for name, pick := range map[string]func(*node) *http.Client{
		"http1": func(n *node) *http.Client { return n.http1 }, "http2": func(n *node) *http.Client { return n.http2 },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began, l := make(chan struct{}), rpctest.Listen()
				server := transport.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.ReadAll(r.Body)
					close(began)
					select {
					case <-time.After(time.Second):
						_, _ = io.WriteString(w, "done")
					case <-r.Context().Done():
						_, _ = io.WriteString(w, "cut")
					}
				}), serverOptions)
				served := make(chan error, 1)
				go func() { served <- server.Serve(l) }()
				c := pick(&node{http1: client(t, (*http.Protocols).SetHTTP1), http2: client(t, (*http.Protocols).SetUnencryptedHTTP2)})
				c.Transport.(*http.Transport).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return l.Dial(ctx) }
				defer c.CloseIdleConnections()
				got := make(chan string, 1)
				go func() {
					response, err := c.Post("http://node/", "text/plain", io.NopCloser(io.LimitReader(zeros{}, 1000)))
					if err != nil {
						got <- err.Error()
						return
					}
					defer response.Body.Close()
					body, _ := io.ReadAll(response.Body)
					got <- string(body)
				}()
				<-began
				server.Stop(context.Background())
				assert.Equal(t, "done", <-got)
				require.NoError(t, <-served)
			})
		})
	}
}

// zeros reads without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
