// A client of llps.v1 that needs nothing but a WebSocket library: it subscribes,
// publishes, and prints what is delivered.
package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/coder/websocket"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	// The token travels as an entry of the subprotocols, as browsers do it.
	ws, _, err := websocket.Dial(ctx, os.Getenv("FASTPUBSUB_URL"), &websocket.DialOptions{
		Subprotocols: []string{"llps.v1", "at." + os.Getenv("FASTPUBSUB_TOKEN")},
	})
	check(err)
	defer ws.CloseNow()

	check(ws.Write(ctx, websocket.MessageText, []byte("SUB:my-tenant:orders.#")))
	_, answer, err := ws.Read(ctx)
	check(err)
	fmt.Println(string(answer)) // OK:SUB:my-tenant:orders.#

	check(ws.Write(ctx, websocket.MessageBinary, publish("my-tenant", "orders.eu.created", "hello")))
	_, frame, err := ws.Read(ctx)
	check(err)
	fmt.Println(deliver(frame)) // my-tenant orders.eu.created hello

	check(ws.Close(websocket.StatusNormalClosure, ""))
}

// publish encodes: u16 length, tenant, u16 length, channel, payload.
func publish(tenant, channel, payload string) []byte {
	frame := binary.BigEndian.AppendUint16(nil, uint16(len(tenant)))
	frame = append(frame, tenant...)
	frame = binary.BigEndian.AppendUint16(frame, uint16(len(channel)))
	frame = append(frame, channel...)
	return append(frame, payload...)
}

// deliver decodes: 01, u16 length, tenant, u16 length, channel, u32 length,
// payload; then the patterns that matched, which this client does not need.
func deliver(frame []byte) (tenant, channel, payload string) {
	rest := frame[1:]
	take := func(width, length int) string {
		text := string(rest[width : width+length])
		rest = rest[width+length:]
		return text
	}
	tenant = take(2, int(binary.BigEndian.Uint16(rest)))
	channel = take(2, int(binary.BigEndian.Uint16(rest)))
	payload = take(4, int(binary.BigEndian.Uint32(rest)))
	return tenant, channel, payload
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
