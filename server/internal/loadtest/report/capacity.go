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
		{Symbol: "c_publish", Text: "CPU of a message of a burst to one listener, with its delivery", Unit: "µs", of: source{"channel-burst", system, cpu}},
		{Symbol: "c_single", Text: "CPU of a message that comes by itself, to one listener, with its delivery", Unit: "µs", of: source{"one-to-one", system, cpu}},
		{Symbol: "c_connect", Text: "CPU of a connect with one subscription", Unit: "µs", of: source{"connect-storm", system, cpu}},
		{Symbol: "c_command", Text: "CPU of a subscribe or unsubscribe, with its answer", Unit: "µs", of: source{"churn", system, cpu}},
		{Symbol: "m_connection", Text: "memory of an idle connection with one subscription", Unit: "KiB", of: source{"idle", system, memory}},
		{Symbol: "m_subscription", Text: "memory of each further subscription of a connection", Unit: "bytes", of: source{"million-subscriptions", system, bytesPerSubscription}},
	}
	costs := make(map[string]cost, len(all))
	for _, c := range all {
		c.Value, c.Known = r.source(c.of)
		costs[c.Symbol] = c
	}
	further, connection := costs["m_subscription"], costs["m_connection"]
	if further.Known = further.Known && connection.Known; further.Known {
		further.Value = (further.Value*manySubscriptions - connection.Value*1024) / (manySubscriptions - 1)
	}
	costs["m_subscription"] = further
	return costs
}

// manySubscriptions is how many each connection of the workload about many
// subscriptions has; its figure is memory by subscriptions, connections included.
const manySubscriptions = 100

// costOrder is how unit costs are listed.
var costOrder = []string{"c_burst", "c_paced", "c_publish", "c_single", "c_connect", "c_command", "m_connection", "m_subscription"}

// The machine that the model fills, and what it is filled with at 1×.
const (
	modelCores         = 8
	modelMemoryGiB     = 32
	modelGigabits      = 10
	modelConnections   = 10_000 // each gets modelRate deliveries per second
	modelRate          = 10
	modelSubscriptions = 10   // of each connection
	modelListeners     = 100  // of each message
	modelQueueShare    = 0.01 // of the connections, with a full queue
	modelFill          = 0.7  // of each resource, so that peaks find room

	// frameBytes is what a payload of 128 bytes takes as a frame, and headerBytes
	// what TCP, IP and Ethernet put before each write.
	frameBytes  = 160
	headerBytes = 66

	// queueBytes is what a queue holds at most: the default of max-queue-bytes.
	queueBytes = 8 << 20
)

// load is one row of the model: what so many times the load needs.
type load struct {
	Times, Connections, Deliveries, Messages float64
	MemoryGiB                                float64
	Paced, Burst                             demand // one delivery to a write, many to a write
}

// demand is what a load needs that depends on how many deliveries share a write.
type demand struct {
	Cores, Gigabits, Machines float64
	Bottleneck                string
}

// loads computes the model for one wire.
func (r *Result) loads(system string) []load {
	c := r.costs(system)
	var loads []load
	for _, times := range []float64{1, 10, 100, 1000} {
		l := load{Times: times, Connections: times * modelConnections, Deliveries: times * modelConnections * modelRate}
		l.Messages = l.Deliveries / modelListeners
		l.MemoryGiB = l.Connections * (c["m_connection"].Value*1024 + (modelSubscriptions-1)*c["m_subscription"].Value + modelQueueShare*queueBytes) / (1 << 30)
		publishing := l.Messages * c["c_publish"].Value
		l.Paced = l.demand(publishing+l.Deliveries*c["c_paced"].Value, frameBytes+headerBytes)
		l.Burst = l.demand(publishing+l.Deliveries*c["c_burst"].Value, frameBytes)
		loads = append(loads, l)
	}
	return loads
}

// demand is what a load needs of CPU, in µs each second, and of bytes for each
// delivery, and what runs out first.
func (l *load) demand(cpu, bytes float64) demand {
	d := demand{Cores: cpu / 1e6, Gigabits: l.Deliveries * bytes * 8 / 1e9}
	for _, need := range []struct {
		name       string
		need, have float64
	}{
		{"CPU", d.Cores, modelCores},
		{"memory", l.MemoryGiB, modelMemoryGiB},
		{"network", d.Gigabits, modelGigabits},
	} {
		if m := need.need / need.have / modelFill; m > d.Machines {
			d.Machines, d.Bottleneck = m, need.name
		}
	}
	return d
}

// costTable lists the unit costs of our wires.
func (r *Result) costTable() [][]string {
	rows := [][]string{append([]string{"symbol", "what", "unit"}, ours...)}
	for _, symbol := range costOrder {
		var row []string
		for _, system := range ours {
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

// loadTable lists what the loads need: a line for each load and way of writing.
func (r *Result) loadTable(system string) [][]string {
	rows := [][]string{{"load", "connections", "messages/s", "deliveries/s", "deliveries to a write", "cores", "memory GiB", "Gbit/s", "machines", "what runs out first"}}
	for _, l := range r.loads(system) {
		for _, way := range []struct {
			name string
			demand
		}{{"one", l.Paced}, {"many", l.Burst}} {
			rows = append(rows, []string{
				number(l.Times) + "×", number(l.Connections), number(l.Messages), number(l.Deliveries), way.name, number(way.Cores),
				number(l.MemoryGiB), number(way.Gigabits), fmt.Sprintf("%.2f", way.Machines), way.Bottleneck,
			})
		}
	}
	return rows
}

// perCore lists what one core and one GiB can do.
func (r *Result) perCore() [][]string {
	rows := [][]string{append([]string{"one core or GiB"}, ours...)}
	for _, line := range []struct {
		text, symbol string
		one          float64
	}{
		{"deliveries/s, many to a write", "c_burst", 1e6},
		{"deliveries/s, one to a write", "c_paced", 1e6},
		{"messages/s to one listener each, in bursts", "c_publish", 1e6},
		{"messages/s to one listener each, one by one", "c_single", 1e6},
		{"connects/s", "c_connect", 1e6},
		{"subscribes and unsubscribes/s", "c_command", 1e6},
		{"idle connections per GiB", "m_connection", 1 << 20},
		{"further subscriptions per GiB", "m_subscription", 1 << 30},
	} {
		row := []string{line.text}
		for _, system := range ours {
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
