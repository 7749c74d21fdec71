package session

import (
	"context"
	"errors"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"
	"github.com/fastpubsub/fastpubsub/sdk-go/internal/receipt"
)

// Resubscribe subscribes to everything that the application wants and that this
// connection does not have, and waits until it has it. A pattern that the server
// refuses for good ends with that reason; when it may be accepted later, the
// whole attempt fails.
func (s *Session) Resubscribe(ctx context.Context) error {
	for {
		missing := s.ledger.Missing()
		if len(missing) == 0 {
			return nil
		}
		receipts := make([]*receipt.Receipt, len(missing))
		for i, telling := range missing {
			receipts[i] = receipt.New()
			s.sendSubscribe(command{kind: resubscribe, receipt: receipts[i], telling: telling})
		}
		for _, r := range receipts {
			err := r.Wait(ctx, "the subscriptions were not acknowledged in time")
			var refusal *fault.Fault
			if errors.As(err, &refusal) && (refusal.Retry == fault.RetryYes || ctx.Err() != nil) {
				return refusal
			}
		}
	}
}

// Retire unsubscribes from everything, and waits until the server has
// acknowledged it or ctx ends: what was delivered to this connection has then
// been received, and nothing more will be. Its feed finishes.
func (s *Session) Retire(ctx context.Context) {
	defer s.feed.Finish()
	var receipts []*receipt.Receipt
	for _, route := range s.ledger.Told() {
		r := receipt.New()
		receipts = append(receipts, r)
		s.sendUnsubscribe(command{kind: retire, receipt: r, route: route})
	}
	receipts = append(receipts, s.Fence())
	for _, r := range receipts {
		select {
		case <-r.Done():
		case <-ctx.Done():
			return
		}
	}
}
