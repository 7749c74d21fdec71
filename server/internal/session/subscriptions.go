package session

import (
	"github.com/fastpubsub/fastpubsub/server/internal/channel"
	"github.com/fastpubsub/fastpubsub/server/internal/hub"
)

// subscriptions are what a session is subscribed to, in no order. Most sessions
// hold a few, which a search through the list finds faster, and in a tenth of the
// memory, than a map would.
type subscriptions []subscription

type subscription struct {
	tenant  string
	pattern channel.Pattern
	match   hub.Match
}

type subscriptionKey struct{ tenant, pattern string }

func (s subscription) key() subscriptionKey { return subscriptionKey{s.tenant, s.pattern.String()} }

// searchMost is how many subscriptions are searched one after the other. A
// session with more has a map of where they are.
const searchMost = 16

// places says where in the list each subscription is; nil: they are few.
type places map[subscriptionKey]int

// find is where a subscription is; -1: there is none. The session is locked.
func (s *Session) find(key subscriptionKey) int {
	if s.places != nil {
		if at, ok := s.places[key]; ok {
			return at
		}
		return -1
	}
	for i := range s.subscriptions {
		if s.subscriptions[i].key() == key {
			return i
		}
	}
	return -1
}

// keep adds a subscription that is not there yet. The session is locked.
func (s *Session) keep(added subscription) {
	s.subscriptions = append(s.subscriptions, added)
	switch n := len(s.subscriptions); {
	case s.places != nil:
		s.places[added.key()] = n - 1
	case n > searchMost:
		s.places = make(places, 2*n)
		for i := range s.subscriptions {
			s.places[s.subscriptions[i].key()] = i
		}
	}
}

// forget removes the subscription at a place, where the last one goes. The
// session is locked.
func (s *Session) forget(at int) {
	last := len(s.subscriptions) - 1
	if s.places != nil {
		delete(s.places, s.subscriptions[at].key())
	}
	if at != last {
		s.subscriptions[at] = s.subscriptions[last]
		if s.places != nil {
			s.places[s.subscriptions[at].key()] = at
		}
	}
	s.subscriptions[last] = subscription{}
	s.subscriptions = s.subscriptions[:last]
	if last == 0 {
		s.subscriptions, s.places = nil, nil
	}
}
