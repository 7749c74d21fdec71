package report

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// plot is a chart of one figure of a workload: a bar for each system.
type plot struct {
	file, workload, figure string
	title, unit            string
}

var plots = []plot{
	{"burst-1000-cpu.svg", "burst-1000", cpu, "Burst, 1 publisher to 1,000 listeners: CPU of the server", "CPU-seconds per million deliveries"},
	{"burst-1000-rate.svg", "burst-1000", rate, "Burst, 1 publisher to 1,000 listeners: deliveries per second, one core", "deliveries per second"},
	{"paced-1000-p99.svg", "paced-1000", p99, "50 messages/s to 1,000 listeners: latency, p99", "ms"},
	{"one-to-one-p50.svg", "one-to-one", p50, "1,000 messages/s to one listener: latency, median", "ms"},
	{"channel-burst-cpu.svg", "channel-burst", cpu, "Burst to 1,000 channels with one listener each: CPU of the server", "CPU-seconds per million deliveries"},
	{"idle-memory.svg", "idle", memory, "Resident memory of an idle connection, of 10,000", "KiB"},
}

// Geometry of a plot, in the units of SVG.
const (
	plotWidth   = 720
	plotTop     = 48
	plotBar     = 22
	plotGap     = 8
	plotLeft    = 150
	plotRight   = 90
	ourColour   = "#2f6f4f"
	theirColour = "#9a9a9a"
)

type bar struct {
	name  string
	value float64
	ours  bool
}

// bars of the systems that were measured, in the order of the table.
func (r *Result) bars(p plot) []bar {
	var bars []bar
	for _, m := range r.Measurements {
		if m.Workload != p.workload {
			continue
		}
		if v, ok := m.Median(p.figure); ok {
			ours := m.System == llps || m.System == sessionWebSocket || m.System == sessionGRPC
			bars = append(bars, bar{m.System, v, ours})
		}
	}
	return bars
}

// svg draws horizontal bars. It is "" without any.
func (r *Result) svg(p plot) string {
	bars := r.bars(p)
	highest := 0.0
	for _, b := range bars {
		highest = max(highest, b.value)
	}
	if highest == 0 {
		return ""
	}
	var s strings.Builder
	height := plotTop + len(bars)*(plotBar+plotGap) + 12
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">`+"\n", plotWidth, height)
	fmt.Fprintf(&s, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", plotWidth, height)
	fmt.Fprintf(&s, `<text x="10" y="20" font-size="15" font-weight="bold">%s</text>`+"\n", escaped(p.title))
	fmt.Fprintf(&s, `<text x="10" y="38" fill="#555555">%s</text>`+"\n", escaped(p.unit))
	for i, b := range bars {
		y := plotTop + i*(plotBar+plotGap)
		colour := theirColour
		if b.ours {
			colour = ourColour
		}
		width := b.value / highest * (plotWidth - plotLeft - plotRight)
		fmt.Fprintf(&s, `<text x="%d" y="%d" text-anchor="end">%s</text>`, plotLeft-8, y+16, escaped(b.name))
		fmt.Fprintf(&s, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>`, plotLeft, y, max(1, width), plotBar, colour)
		fmt.Fprintf(&s, `<text x="%.1f" y="%d">%s</text>`+"\n", plotLeft+width+6, y+16, number(b.value))
	}
	return s.String() + "</svg>\n"
}

func escaped(text string) string {
	var s strings.Builder
	_ = xml.EscapeText(&s, []byte(text)) // a builder takes everything
	return s.String()
}
