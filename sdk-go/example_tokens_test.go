package fastpubsub_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// An administrator creates a token, prolongs it, lists it and revokes it.
func ExampleTokenClient() {
	tokens, err := fastpubsub.NewTokenClient("http://127.0.0.1:8080", os.Getenv("FASTPUBSUB_MASTER_TOKEN"))
	if err != nil {
		log.Fatal(err)
	}
	defer tokens.Close()

	ctx := context.Background()
	created, err := tokens.Create(ctx, fastpubsub.TokenRequest{
		Right: fastpubsub.Right{
			TenantGrants: []fastpubsub.TenantGrant{{
				TenantIDs:        []string{"my-tenant"},
				AllowChannelsPub: []string{"orders.created"},
				AllowChannelsSub: []string{"orders.#"},
			}},
			ExpiresAt: time.Now().Add(time.Hour),
		},
		CreatedBy:   "billing",
		Description: "the invoice printer",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("give this to the client, it is shown once:", created.Token())

	if _, err := tokens.Refresh(ctx, created.ID, time.Now().Add(12*time.Hour)); err != nil {
		log.Fatal(err)
	}
	for info, err := range tokens.List(ctx, "billing") {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(info.ID, info.State, info.Right.ExpiresAt)
	}
	if err := tokens.Revoke(ctx, created.ID); err != nil {
		log.Fatal(err)
	}
}
