package fastpubsub_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"strings"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// A client that runs for longer than a token lives gets its tokens from a source,
// here from a service of the application that knows who may do what. The source
// is asked before every attempt to connect and a minute before the token expires.
func ExampleWithTokenSource() {
	source := func(ctx context.Context) (string, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://app.example.org/messaging-token", http.NoBody)
		if err != nil {
			return "", err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return "", err // the client asks again later
		}
		defer response.Body.Close()
		token, err := io.ReadAll(response.Body)
		return strings.TrimSpace(string(token)), err
	}
	client, err := fastpubsub.Connect(context.Background(), "wss://messages.example.org/ws",
		fastpubsub.WithTokenSource(source),
		fastpubsub.WithErrorHandler(func(err error) {
			if errors.Is(err, fastpubsub.ReasonTokenSourceFailed) {
				log.Print("no fresh token yet: ", err)
			}
		}))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(context.Background())
}
