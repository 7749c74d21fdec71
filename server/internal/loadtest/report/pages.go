package report

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

//go:embed *.tmpl
var templates embed.FS

// The files of the book that are written from a result.
const (
	dataFile      = "benchmark.json"
	benchmarkPage = "benchmark.md"
	capacityPage  = "capacity.md"
)

// WritePages writes the pages, their plots and the figures themselves.
func (r *Result) WritePages(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	pages, err := r.Pages()
	if err != nil {
		return err
	}
	for name, content := range pages {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return r.Write(filepath.Join(folder, dataFile))
}

// Pages are the texts of the pages and plots, by file.
func (r *Result) Pages() (map[string]string, error) {
	pages := map[string]string{}
	for _, name := range []string{benchmarkPage, capacityPage} {
		content, err := r.page(name)
		if err != nil {
			return nil, err
		}
		pages[name] = content
	}
	for _, p := range plots {
		if svg := r.svg(p); svg != "" {
			pages[p.file] = svg
		}
	}
	return pages, nil
}

func (r *Result) page(name string) (string, error) {
	t, err := template.New("").Funcs(template.FuncMap{
		"markdown": markdown,
		"model":    func() map[string]any { return modelOf },
	}).ParseFS(templates, "*.tmpl")
	if err != nil {
		return "", err
	}
	var text strings.Builder
	err = t.ExecuteTemplate(&text, name+".tmpl", view{r})
	return text.String(), err
}

// modelOf are the assumptions of the capacity model.
var modelOf = map[string]any{
	"Cores": modelCores, "Memory": modelMemoryGiB, "Gigabits": modelGigabits, "Connections": modelConnections,
	"Rate": modelRate, "Fill": int(modelFill * 100), "Subscriptions": modelSubscriptions, "Listeners": modelListeners,
	"Frame": frameBytes, "Header": headerBytes, "Slow": int(modelQueueShare * 100), "Queue": queueBytes >> 20,
}

// view is what templates see.
type view struct{ *Result }

// Rows, GoalRows and the others are tables.
func (v view) Rows(workload string) [][]string    { return v.rows(workload) }
func (v view) GoalRows() [][]string               { return v.goalRows() }
func (v view) CostTable() [][]string              { return v.costTable() }
func (v view) PerCore() [][]string                { return v.perCore() }
func (v view) LoadTable(system string) [][]string { return v.loadTable(system) }

// Plots are the files of the plots of a workload.
func (v view) Plots(workload string) []map[string]string {
	var files []map[string]string
	for _, p := range plots {
		if p.workload == workload && v.svg(p) != "" {
			files = append(files, map[string]string{"File": p.file, "Title": p.title})
		}
	}
	return files
}

// Others names the versions of other systems.
func (v view) Others() string {
	var words []string
	for name, version := range v.Versions {
		words = append(words, name+" "+version)
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// markdown is a table; short rows are filled up.
func markdown(rows [][]string) string {
	var s strings.Builder
	for i, row := range rows {
		for len(row) < len(rows[0]) {
			row = append(row, "")
		}
		fmt.Fprintf(&s, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Fprintf(&s, "|%s\n", strings.Repeat("---|", len(row)))
		}
	}
	return strings.TrimSuffix(s.String(), "\n")
}
