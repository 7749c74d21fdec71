package report

import "fmt"

// cost is a unit cost that the capacity model is computed from.
type cost struct {
	Symbol, Text, Unit string
	of                 source
	Value              float64
	Known              bool
}

// costs of one of our wires.
func (r *Result) costs(system string) map[string]cost {
	all := []cost{
		{Symbol: "c_burst", Text: "CPU of a delivery, many to a write", Unit: "µs", of: source{"burst-1000", system, cpu}},
		{Symbol: "c_paced", Text: "CPU of a delivery, one to a write", Unit: "µs", of: source{"paced-1000", system, cpu}},
		{Symbol: "c_publish", Text: "CPU of a message to one listener of its own", Unit: "µs", of: source{"channel-burst", system, cpu}},
		{Symbol: "c_connect", Text: "CPU of a connect with one subscription", Unit: "µs", of: source{"connect-storm", system, cpu}},
		{Symbol: "c_command", Text: "CPU of a subscribe or unsubscribe, with its answer", Unit: "µs", of: source{"churn", system, cpu}},
		{Symbol: "m_connection", Text: "memory of an idle connection with one subscription", Unit: "KiB", of: source{"idle", system, memory}},
		{Symbol: "m_subscription", Text: "memory of a subscription, its share of a connection included (100 each)", Unit: "bytes", of: source{"million-subscriptions", system, bytesPerSubscription}},
	}
	costs := make(map[string]cost, len(all))
	for _, c := range all {
		c.Value, c.Known = r.source(c.of)
		costs[c.Symbol] = c
	}
	return costs
}

// costOrder is how unit costs are listed.
var costOrder = []string{"c_burst", "c_paced", "c_publish", "c_connect", "c_command", "m_connection", "m_subscription"}

// The machine that the model fills, and what it is filled with at 1×.
const (
	modelCores       = 8
	modelMemoryGiB   = 32
	modelGigabits    = 10
	modelConnections = 10_000 // each gets modelRate deliveries per second
	modelRate        = 10
	modelFill        = 0.7 // of each resource, so that peaks find room

	// deliveryBytes is what a payload of 128 bytes takes on the wire, one to a
	// write: the frame (about 160 bytes) and the headers of TCP, IP and Ethernet.
	deliveryBytes = 160 + 66
)

// load is one row of the model: what so many times the load needs.
type load struct {
	Times, Connections, Deliveries float64
	CoresPaced, CoresBurst         float64
	MemoryGiB, Gigabits            float64
	Machines                       float64
	Bottleneck                     string
}

// loads computes the model for one wire.
func (r *Result) loads(system string) []load {
	c := r.costs(system)
	var loads []load
	for _, times := range []float64{1, 10, 100, 1000} {
		l := load{Times: times, Connections: times * modelConnections, Deliveries: times * modelConnections * modelRate}
		l.CoresPaced = l.Deliveries * c["c_paced"].Value / 1e6
		l.CoresBurst = l.Deliveries * c["c_burst"].Value / 1e6
		l.MemoryGiB = l.Connections * c["m_connection"].Value / (1 << 20)
		l.Gigabits = l.Deliveries * deliveryBytes * 8 / 1e9
		l.Machines, l.Bottleneck = l.bottleneck()
		loads = append(loads, l)
	}
	return loads
}

// bottleneck is what runs out first, and how many machines of the model have
// enough of it.
func (l load) bottleneck() (machines float64, name string) {
	for _, need := range []struct {
		name       string
		need, have float64
	}{
		{"CPU", l.CoresPaced, modelCores},
		{"memory", l.MemoryGiB, modelMemoryGiB},
		{"network", l.Gigabits, modelGigabits},
	} {
		if m := need.need / need.have / modelFill; m > machines {
			machines, name = m, need.name
		}
	}
	return machines, name
}

// costTable lists the unit costs of our wires.
func (r *Result) costTable() [][]string {
	rows := [][]string{{"symbol", "what", "unit", llps, sessionWebSocket, sessionGRPC}}
	for _, symbol := range costOrder {
		var row []string
		for _, system := range []string{llps, sessionWebSocket, sessionGRPC} {
			c := r.costs(system)[symbol]
			if row == nil {
				row = []string{"`" + symbol + "`", c.Text, c.Unit}
			}
			if c.Known {
				row = append(row, number(c.Value))
			} else {
				row = append(row, "–")
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// loadTable lists what the loads need.
func (r *Result) loadTable(system string) [][]string {
	rows := [][]string{{"load", "connections", "deliveries/s", "cores, one to a write", "cores, many to a write", "memory GiB", "Gbit/s", "machines", "what runs out first"}}
	for _, l := range r.loads(system) {
		rows = append(rows, []string{
			number(l.Times) + "×", number(l.Connections), number(l.Deliveries), number(l.CoresPaced), number(l.CoresBurst),
			number(l.MemoryGiB), number(l.Gigabits), fmt.Sprintf("%.2f", l.Machines), l.Bottleneck,
		})
	}
	return rows
}

// perCore lists what one core and one GiB can do.
func (r *Result) perCore() [][]string {
	rows := [][]string{{"one core or GiB", llps, sessionWebSocket, sessionGRPC}}
	for _, line := range []struct {
		text, symbol string
		one          float64
	}{
		{"deliveries/s, many to a write", "c_burst", 1e6},
		{"deliveries/s, one to a write", "c_paced", 1e6},
		{"messages/s to a channel of their own", "c_publish", 1e6},
		{"connects/s", "c_connect", 1e6},
		{"subscribes and unsubscribes/s", "c_command", 1e6},
		{"idle connections per GiB", "m_connection", 1 << 20},
		{"subscriptions per GiB", "m_subscription", 1 << 30},
	} {
		row := []string{line.text}
		for _, system := range []string{llps, sessionWebSocket, sessionGRPC} {
			if c := r.costs(system)[line.symbol]; c.Known && c.Value > 0 {
				row = append(row, number(line.one/c.Value))
			} else {
				row = append(row, "–")
			}
		}
		rows = append(rows, row)
	}
	return rows
}
