package wire

import (
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// Subscribe encodes a SessionRequest.
func Subscribe(requestID uint64, tenant, pattern string) []byte {
	return encode(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Subscribe{
		Subscribe: &fastpubsubv1.SubscribeCommand{RequestId: requestID, Tenant: tenant, Pattern: pattern},
	}})
}

// Unsubscribe encodes a SessionRequest.
func Unsubscribe(requestID uint64, tenant, pattern string) []byte {
	return encode(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Unsubscribe{
		Unsubscribe: &fastpubsubv1.UnsubscribeCommand{RequestId: requestID, Tenant: tenant, Pattern: pattern},
	}})
}

// Authenticate encodes a SessionRequest. The result holds the token.
func Authenticate(requestID uint64, token string) []byte {
	return encode(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Authenticate{
		Authenticate: &fastpubsubv1.AuthenticateCommand{RequestId: requestID, Token: token},
	}})
}

// Ping encodes a SessionRequest.
func Ping(requestID uint64) []byte {
	return encode(&fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Ping{
		Ping: &fastpubsubv1.PingCommand{RequestId: requestID},
	}})
}

// encode cannot fail: only a text that is not UTF-8 could make it, and names and
// tokens have been checked to be ASCII.
func encode(request *fastpubsubv1.SessionRequest) []byte {
	encoded, err := proto.Marshal(request)
	if err != nil {
		panic("wire: a command that cannot be encoded: " + err.Error())
	}
	return encoded
}
