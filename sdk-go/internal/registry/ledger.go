package registry

import "github.com/fastpubsub/fastpubsub/sdk-go/internal/fault"

// Action is what a connection must send to match the application's wish.
type Action int

// The actions of a sync.
const (
	Nothing Action = iota
	Subscribe
	Unsubscribe
)

// Telling is one subscribe that one connection has sent.
type Telling struct {
	Route        *Route
	acknowledged bool // guarded by Registry.mu
}

// Ledger is what one connection has been told. Being told counts from the moment
// of sending: the server handles commands in order.
type Ledger struct {
	registry *Registry
	told     map[*Route]*Telling
	closed   bool
}

// Open starts the ledger of a new connection, which has been told nothing.
func (r *Registry) Open() *Ledger {
	return &Ledger{registry: r, told: make(map[*Route]*Telling)}
}

// Sync says what to send for a route now, and notes it as sent. The Telling is
// set for a subscribe.
func (l *Ledger) Sync(route *Route) (Action, *Telling) {
	l.registry.mu.Lock()
	defer l.registry.mu.Unlock()
	_, told := l.told[route]
	switch wanted := len(route.members) > 0; {
	case l.closed || wanted == told:
		return Nothing, nil
	case wanted:
		return Subscribe, l.tell(route)
	default:
		l.untell(route)
		return Unsubscribe, nil
	}
}

// Missing is a subscribe for every route that is wanted and that this connection
// has not been told of, noted as sent.
func (l *Ledger) Missing() []*Telling {
	l.registry.mu.Lock()
	defer l.registry.mu.Unlock()
	var missing []*Telling
	for _, route := range l.registry.routes {
		if _, told := l.told[route]; !told && !l.closed && len(route.members) > 0 {
			missing = append(missing, l.tell(route))
		}
	}
	return missing
}

// Told is every route that this connection has been told of.
func (l *Ledger) Told() []*Route {
	l.registry.mu.Lock()
	defer l.registry.mu.Unlock()
	routes := make([]*Route, 0, len(l.told))
	for route := range l.told {
		routes = append(routes, route)
	}
	return routes
}

// Acknowledged notes that the server has acknowledged a subscribe: the route's
// local subscriptions are ready. A telling that an unsubscribe has followed does
// not count.
func (l *Ledger) Acknowledged(telling *Telling) {
	l.registry.mu.Lock()
	defer l.registry.mu.Unlock()
	route := telling.Route
	if l.told[route] != telling || telling.acknowledged {
		return
	}
	telling.acknowledged = true
	route.live++
	for _, member := range route.members {
		member.ready.Complete(nil)
	}
}

// Refused notes that the server refused a subscribe: the route's local
// subscriptions end with the cause.
func (l *Ledger) Refused(telling *Telling, cause *fault.Fault) {
	l.registry.mu.Lock()
	defer l.registry.mu.Unlock()
	if l.told[telling.Route] == telling {
		l.end(telling.Route, cause)
	}
}

// Ended notes that the server ended a subscription: the route's local
// subscriptions end with the cause.
func (l *Ledger) Ended(route *Route, cause *fault.Fault) {
	l.registry.mu.Lock()
	defer l.registry.mu.Unlock()
	if l.told[route] != nil {
		l.end(route, cause)
	}
}

func (l *Ledger) end(route *Route, cause *fault.Fault) {
	route.end(cause, false)
	l.untell(route)
}

// Close says that the connection is gone.
func (l *Ledger) Close() {
	l.registry.mu.Lock()
	defer l.registry.mu.Unlock()
	l.closed = true
	for route := range l.told {
		l.untell(route)
	}
}

func (l *Ledger) tell(route *Route) *Telling {
	telling := &Telling{Route: route}
	l.told[route] = telling
	route.told++
	return telling
}

func (l *Ledger) untell(route *Route) {
	if l.told[route].acknowledged {
		route.live--
	}
	route.told--
	delete(l.told, route)
	l.registry.forget(route)
}
