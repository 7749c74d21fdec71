package report

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ReadBenchmarks reads what "go test -bench -benchmem" prints: the medians, in
// nanoseconds per operation, under the benchmarks' names, and allocations per
// operation under the names with "/allocs".
func ReadBenchmarks(output string) (map[string]float64, error) {
	values := map[string][]float64{}
	for line := range strings.Lines(output) {
		words := strings.Fields(line)
		if len(words) < 4 || !strings.HasPrefix(words[0], "Benchmark") {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(words[0], "Benchmark"), "-")
		for i := 2; i+1 < len(words); i += 2 {
			value, err := strconv.ParseFloat(words[i], 64)
			if err != nil {
				return nil, fmt.Errorf("line %q: %w", line, err)
			}
			switch words[i+1] {
			case "ns/op":
				values[name] = append(values[name], value)
			case "allocs/op":
				values[name+"/allocs"] = append(values[name+"/allocs"], value)
			}
		}
	}
	if len(values) == 0 {
		return nil, errors.New("no benchmark ran")
	}
	medians := make(map[string]float64, len(values))
	for name, all := range values {
		medians[name], _ = Median(all)
	}
	return medians, nil
}
