package fastpubsub

import (
	"fmt"
	"time"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/wire"
)

// Message is one received message.
type Message struct {
	// Tenant and Channel are where it was published.
	Tenant  string
	Channel string
	// Payload is what was published. It stays as it is for as long as it is kept,
	// and must not be changed: other subscriptions may have the same message. A
	// small payload may share up to 4 KiB of memory with its neighbours; an
	// application that keeps few of very many messages for long clones it.
	Payload []byte
	// ID names the message, unique across the cluster.
	ID MessageID
	// PublishedAt is the time of publishing by the server's clock.
	PublishedAt time.Time
}

// MessageID names one published message. No order follows from it.
type MessageID struct {
	Origin   uint64
	Sequence uint64
}

// String is both parts in hexadecimal.
func (id MessageID) String() string { return fmt.Sprintf("%016x-%016x", id.Origin, id.Sequence) }

func messageOf(delivery *wire.Delivery) Message {
	return Message{
		Tenant:      delivery.Tenant,
		Channel:     delivery.Channel,
		Payload:     delivery.Payload,
		ID:          MessageID(delivery.ID),
		PublishedAt: time.Unix(0, delivery.PublishedAt),
	}
}
