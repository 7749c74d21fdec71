package websocket

import (
	"bufio"
	"net"
	"net/http"

	"github.com/coder/websocket"
)

// accept has the library answer the upgrade, and takes the connection from it: all
// that the library would keep for reading and writing is more than a silent
// connection needs otherwise.
func (c *conn) accept(w http.ResponseWriter, r *http.Request, subprotocols []string) error {
	taken := &takingWriter{ResponseWriter: w}
	ws, err := websocket.Accept(taken, r, &websocket.AcceptOptions{
		Subprotocols:       subprotocols,
		InsecureSkipVerify: true, // admission checks the Origin, against the token
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return err
	}
	_ = ws.CloseNow() // it closes what it was given
	c.output.raw = taken.conn
	c.input.open(taken.conn, taken.buffered)
	return nil
}

// takingWriter keeps the connection when the library takes it over.
type takingWriter struct {
	http.ResponseWriter
	conn     net.Conn
	buffered *bufio.Reader // what has been read of it
}

// Hijack implements http.Hijacker. The result is no connection to anybody.
func (w *takingWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	w.conn, w.buffered = conn, buffered.Reader
	nobody, _ := net.Pipe()
	return nobody, bufio.NewReadWriter(bufio.NewReaderSize(nobody, 1), bufio.NewWriterSize(nobody, 1)), nil
}
