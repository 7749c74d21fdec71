package rest

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"

	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/http/route"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

// Handlers are the handlers of the routes that stand for an RPC. The request's
// context says who calls (rpc.WithCaller).
func Handlers(tokens *rpc.Tokens, admin *rpc.Admin, logger *slog.Logger) map[route.ID]http.Handler {
	c := caller{tokens.Authorize, logger}
	return map[route.ID]http.Handler{
		route.CreateToken:  handler(c, fromBody(createToken), tokens.CreateToken),
		route.RefreshToken: handler(c, fromBody(object[*fastpubsubv1.RefreshTokenRequest]), tokens.RefreshToken),
		route.RevokeToken:  handler(c, fromBody(object[*fastpubsubv1.RevokeTokenRequest]), tokens.RevokeToken),
		route.ListTokens:   handler(c, fromQuery, tokens.ListTokens),
		route.Drain:        handler(c, fromBody(optional[*fastpubsubv1.DrainRequest]), admin.Drain),
	}
}

// caller is what all handlers share.
type caller struct {
	authorize func(context.Context) error
	logger    *slog.Logger
}

// handler refuses who shows no master token, reads the request, calls, and
// writes the answer or the error.
func handler[Req any, R interface {
	*Req
	proto.Message
}, Res proto.Message](
	c caller,
	read func(http.ResponseWriter, *http.Request, R) error,
	call func(context.Context, R) (Res, error),
) http.Handler {
	answer := func(w http.ResponseWriter, r *http.Request) error {
		if err := c.authorize(r.Context()); err != nil {
			return err
		}
		request := R(new(Req))
		if err := read(w, r, request); err != nil {
			return err
		}
		response, err := call(r.Context(), request)
		if err != nil {
			return err
		}
		return write(w, response)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := answer(w, r)
		if refusal := rpc.Refusal(r.Context(), c.logger, r.Method+" "+r.URL.Path, err); refusal != nil {
			apierror.WriteProblem(w, refusal)
		}
	})
}

func fromBody[R proto.Message](decode func([]byte, R) error) func(http.ResponseWriter, *http.Request, R) error {
	return func(w http.ResponseWriter, r *http.Request, request R) error {
		body, err := readBody(w, r)
		if err != nil {
			return err
		}
		return decode(body, request)
	}
}

func fromQuery(_ http.ResponseWriter, r *http.Request, request *fastpubsubv1.ListTokensRequest) error {
	return listTokens(r.URL.Query(), request)
}

func object[R proto.Message](body []byte, request R) error { return unmarshal(body, request) }

// optional is object, or nothing at all.
func optional[R proto.Message](body []byte, request R) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	return unmarshal(body, request)
}
