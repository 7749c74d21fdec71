package fastpubsub_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// An acknowledged publish says what went wrong, and whether to try again.
func ExampleClient_Publish() {
	var client *fastpubsub.Client // from Connect

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := client.Publish(ctx, "my-tenant", "orders.created", []byte(`{"id": 17}`))
	var failure *fastpubsub.Error
	switch {
	case err == nil:
		fmt.Println("the server has taken it")
	case errors.Is(err, fastpubsub.ReasonPublishDenied):
		fmt.Println("the token does not allow this channel")
	case errors.Is(err, fastpubsub.ReasonConnectionLost):
		fmt.Println("whether it was delivered is unknown")
	case errors.As(err, &failure) && failure.Retryable:
		fmt.Println("try again later:", failure.Reason)
	}
}

// Many messages in flight: they share frames, and each has its own outcome.
func ExampleClient_PublishAsync() {
	var client *fastpubsub.Client // from Connect

	ctx := context.Background()
	var results []*fastpubsub.PublishResult
	for i := range 1000 {
		results = append(results, client.PublishAsync(ctx, "my-tenant", "measurements", fmt.Append(nil, i)))
	}
	for _, result := range results {
		if err := result.Wait(ctx); err != nil {
			log.Print(err)
		}
	}
}

// Without acknowledgement, and to one of the subscribers only.
func ExampleWithoutAck() {
	client, err := fastpubsub.Connect(context.Background(), "ws://127.0.0.1:8080/ws",
		fastpubsub.WithToken("AT_…"),
		fastpubsub.WithErrorHandler(func(err error) { log.Print("refused: ", err) }))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(context.Background()) // flushes

	err = client.Publish(context.Background(), "my-tenant", "jobs.resize", []byte("picture 4"),
		fastpubsub.WithoutAck(), fastpubsub.WithDelivery(fastpubsub.DeliverOneLowLatency))
	if err != nil {
		log.Fatal(err)
	}
}
