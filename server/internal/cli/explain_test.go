package cli

import (
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

func TestExplain(t *testing.T) {
	one, two := errors.New("one"), errors.New("two")
	denied := &fastpubsub.Error{Reason: fastpubsub.ReasonPublishDenied, Message: "no"}
	tests := []struct {
		err  error
		want []string
	}{
		{one, []string{"one"}},
		{errors.Join(one, errors.Join(two, one)), []string{"one", "two", "one"}},
		{errors.Join(one), []string{"one"}},
		{&misuse{errors.Join(one, two)}, []string{"one", "two"}},
		{fmt.Errorf("both: %w", errors.Join(one, two)), []string{"both: one; two"}},
		{errors.New("bad token " + someAccessToken), []string{"bad token AT_0123456789abcdef0123456789abcdef_[redacted]"}},
		{fmt.Errorf("line 3: %w", denied), []string{"line 3: PUBLISH_DENIED: no", hints[fastpubsub.ReasonPublishDenied]}},
		{&misuse{denied}, []string{"PUBLISH_DENIED: no", hints[fastpubsub.ReasonPublishDenied]}},
		{fmt.Errorf("listen: %w", syscall.EADDRINUSE), []string{
			"listen: address already in use",
			"another program listens there; choose another --http-addr or --grpc-addr (port 0 picks a free one)",
		}},
	}
	for _, test := range tests {
		assert.Equal(t, test.want, explain(test.err))
	}
}
