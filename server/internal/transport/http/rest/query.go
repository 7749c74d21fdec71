package rest

import (
	"net/url"
	"strconv"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// listTokens reads the query of tokens. Unknown members are ignored.
func listTokens(query url.Values, request *fastpubsubv1.ListTokensRequest) error {
	request.ClientId = query.Get("client_id")
	request.PageToken = query.Get("page_token")
	size := query.Get("page_size")
	if size == "" {
		return nil
	}
	n, err := strconv.ParseInt(size, 10, 32)
	if err != nil {
		return apierror.New(apierror.RequestInvalid, "page_size is no number; use one from 1 to 1000")
	}
	request.PageSize = int32(n)
	return nil
}
