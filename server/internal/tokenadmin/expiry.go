package tokenadmin

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// clockTolerance is how far the clock of a client may be ahead of ours before its
// "as long as possible" is refused: about the error of clocks that are kept by NTP.
// What is asked for beyond the limit is not granted, the limit is (TK-5).
const clockTolerance = time.Second

// futureExpiry reads the expiry of a new token: in the future, and not further ahead
// than the limit.
func (s *Service) futureExpiry(given *timestamppb.Timestamp, now time.Time) (time.Time, error) {
	expiry, err := s.expiry(given, now)
	if err != nil {
		return time.Time{}, err
	}
	if !expiry.After(now) {
		return time.Time{}, ttlInvalid("expires_at %s is in the past; the server's clock says %s", rfc3339(expiry), rfc3339(now))
	}
	return expiry, nil
}

// expiry reads an expiry that is not further ahead than the limit.
func (s *Service) expiry(given *timestamppb.Timestamp, now time.Time) (time.Time, error) {
	latest := now.Add(s.maxTTL)
	if given == nil {
		return time.Time{}, ttlInvalid("expires_at is missing; accepted is a time up to %v ahead, now until %s", s.maxTTL, rfc3339(latest))
	}
	if given.CheckValid() != nil {
		return time.Time{}, ttlInvalid("expires_at is no time between the years 1 and 9999; accepted is a time up to %v ahead, now until %s", s.maxTTL, rfc3339(latest))
	}
	expiry := given.AsTime()
	if expiry.After(latest.Add(clockTolerance)) {
		return time.Time{}, ttlInvalid("expires_at %s is too far ahead; accepted is a time up to %v ahead, now until %s", rfc3339(expiry), s.maxTTL, rfc3339(latest))
	}
	if expiry.After(latest) {
		expiry = latest
	}
	return expiry, nil
}

func ttlInvalid(format string, args ...any) error {
	return apierror.Newf(apierror.TTLInvalid, format, args...)
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }
