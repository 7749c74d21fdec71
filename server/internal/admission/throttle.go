package admission

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// How failures are slowed down. Chosen by us: a person who pastes a wrong token
// notices nothing, and who guesses gets nowhere.
const (
	// freeFailures are answered at once.
	freeFailures = 5
	// firstDelay is how late the next one is answered; every further one twice as
	// late, up to maxDelay.
	firstDelay = maxDelay >> (maxFailures - freeFailures - 1)
	maxDelay   = time.Second
	// maxFailures is the number of failures from which on the delay is maxDelay;
	// more are not counted.
	maxFailures = 10
	// forgiveEvery is the time after which one failure is forgotten.
	forgiveEvery = 10 * time.Second
	// maxWaiting is how many answers to one source may be held back at a time, and
	// maxWaitingTotal to all. Beyond it they are RATE_LIMITED, at once.
	maxWaiting      = 16
	maxWaitingTotal = 1024
	// rememberedSources is how many sources with no answer held back are known,
	// at some 200 bytes each.
	rememberedSources = 1 << 14
	// ipv6SourceBits is the part of an IPv6 address that names a source: who has
	// one address has all of its /64 (RFC 4291, section 2.5.4).
	ipv6SourceBits = 64
)

// Throttle slows down who fails again and again (TK-12): after 5 failures from one
// address further ones are answered late, growing up to a second, and when too many
// wait already, at once with RATE_LIMITED. One failure is forgotten every 10 s. Its
// memory is bounded. Any goroutine may call any method.
type Throttle struct {
	closing   chan struct{}
	closeOnce sync.Once

	mu      sync.Mutex
	waiting map[netip.Addr]*source              // those with answers held back
	idle    *simplelru.LRU[netip.Addr, *source] // the others
	total   int                                 // answers held back
}

// source is an address from which failures came.
type source struct {
	failures int
	at       time.Time // up to when failures have been forgotten
	waiting  int       // answers held back
}

// NewThrottle makes a Throttle that knows of no failure.
func NewThrottle() *Throttle {
	idle, err := simplelru.NewLRU[netip.Addr, *source](rememberedSources, nil)
	if err != nil {
		panic(err) // only for a size below 1
	}
	return &Throttle{closing: make(chan struct{}), waiting: map[netip.Addr]*source{}, idle: idle}
}

// Close answers at once everybody who waits, from now on.
func (t *Throttle) Close() { t.closeOnce.Do(func() { close(t.closing) }) }

// Refuse notes a failure from an address and returns the refusal when it may be
// answered, or RATE_LIMITED. An ended context ends the wait: nobody is there to be
// answered.
func (t *Throttle) Refuse(ctx context.Context, ip netip.Addr, refusal error) error {
	key := sourceOf(ip)
	delay, ok := t.note(key)
	if !ok {
		return apierror.New(apierror.RateLimited, "too many failed attempts to authenticate came from your address; check the token, and try again in a few seconds")
	}
	if delay > 0 {
		t.hold(ctx, delay)
		t.release(key)
	}
	return refusal
}

// note counts a failure and says how long to hold its answer back, or that there
// is no room to. When there is a delay the caller must release.
func (t *Throttle) note(key netip.Addr) (delay time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.take(key)
	defer t.put(key, s)
	s.fail(time.Now())
	if s.failures <= freeFailures {
		return 0, true
	}
	if s.waiting == maxWaiting || t.total == maxWaitingTotal {
		return 0, false
	}
	s.waiting++
	t.total++
	return firstDelay << (s.failures - freeFailures - 1), true
}

func (t *Throttle) hold(ctx context.Context, delay time.Duration) {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-t.closing:
	}
}

func (t *Throttle) release(key netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.take(key)
	s.waiting--
	t.total--
	t.put(key, s)
}

// take takes a source out, and put puts it where it belongs. So one with answers
// held back is never forgotten.
func (t *Throttle) take(key netip.Addr) *source {
	if s, ok := t.waiting[key]; ok {
		delete(t.waiting, key)
		return s
	}
	if s, ok := t.idle.Peek(key); ok {
		t.idle.Remove(key)
		return s
	}
	return &source{at: time.Now()}
}

func (t *Throttle) put(key netip.Addr, s *source) {
	if s.waiting > 0 {
		t.waiting[key] = s
	} else {
		t.idle.Add(key, s)
	}
}

// fail forgets the failures that are old enough and counts one.
func (s *source) fail(now time.Time) {
	forgiven := int(now.Sub(s.at) / forgiveEvery)
	s.failures = max(0, s.failures-forgiven)
	s.at = s.at.Add(time.Duration(forgiven) * forgiveEvery)
	if s.failures == 0 {
		s.at = now
	}
	s.failures = min(s.failures+1, maxFailures)
}

// sourceOf is the address under which failures are counted.
func sourceOf(ip netip.Addr) netip.Addr {
	ip = plainIP(ip)
	if !ip.Is6() {
		return ip
	}
	return netip.PrefixFrom(ip, ipv6SourceBits).Masked().Addr()
}
