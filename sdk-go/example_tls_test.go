package fastpubsub_test

import (
	"context"
	"crypto/tls"
	"log"
	"os"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// A private certificate authority and a certificate of the client.
func ExampleWithCA() {
	ca, err := os.ReadFile("ca.pem")
	if err != nil {
		log.Fatal(err)
	}
	own, err := tls.LoadX509KeyPair("client.pem", "client.key")
	if err != nil {
		log.Fatal(err)
	}
	client, err := fastpubsub.Connect(context.Background(), "grpcs://messages.internal:9090",
		fastpubsub.WithToken(os.Getenv("FASTPUBSUB_TOKEN")),
		fastpubsub.WithCA(ca),
		fastpubsub.WithClientCertificate(own))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(context.Background())
}
