// Command tokensource has a source of short-lived tokens: the client asks it in
// time, and the fresh token replaces the old one without a new connection.
//
// An application asks a service of its own for tokens; here the master token is at
// hand. Set FASTPUBSUB_MASTER_TOKEN, and FASTPUBSUB_URL and FASTPUBSUB_SERVER for
// another server than that of the same machine.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"os"
	"time"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// lifetime is how long a token lives.
const lifetime = 3 * time.Second

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	server := cmp.Or(os.Getenv("FASTPUBSUB_SERVER"), "http://127.0.0.1:8080")
	tokens, err := fastpubsub.NewTokenClient(server, os.Getenv("FASTPUBSUB_MASTER_TOKEN"))
	if err != nil {
		return err
	}
	defer tokens.Close()
	url := cmp.Or(os.Getenv("FASTPUBSUB_URL"), "ws://127.0.0.1:8080/ws")
	client, err := fastpubsub.Connect(ctx, url,
		fastpubsub.WithTokenSource(func(ctx context.Context) (string, error) { return freshToken(ctx, tokens) }),
		fastpubsub.WithStateHandler(func(status fastpubsub.Status) { log.Print("state: ", status.State) }),
		fastpubsub.WithErrorHandler(func(err error) { log.Print(err) }))
	if err != nil {
		return err
	}
	<-time.After(lifetime) // the first token has expired
	if err := client.Publish(ctx, "my-tenant", "orders.eu", []byte("still connected")); err != nil {
		return err
	}
	fmt.Println("published with a token that was renewed")
	return client.Close(ctx)
}

// freshToken is the token source.
func freshToken(ctx context.Context, tokens *fastpubsub.TokenClient) (string, error) {
	created, err := tokens.Create(ctx, fastpubsub.TokenRequest{
		Right: fastpubsub.Right{
			TenantGrants: []fastpubsub.TenantGrant{{
				TenantIDs: []string{"my-tenant"}, AllowChannelsPub: []string{"#"}, AllowChannelsSub: []string{"#"},
			}},
			ExpiresAt: time.Now().Add(lifetime),
		},
		CreatedBy: "example",
	})
	if err != nil {
		return "", err
	}
	log.Print("fresh token: ", created.ID)
	return created.Token(), nil
}
