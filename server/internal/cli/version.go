package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/fastpubsub/fastpubsub/server"
	"github.com/fastpubsub/fastpubsub/server/internal/config"
)

// build is what "version" prints.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Modified bool   `json:"modified"`
	Time     string `json:"commit_time,omitempty"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

func (a *app) newVersion() *cobra.Command {
	var asJSON bool
	return a.command(action{
		use: "version [flags]", short: "Print version, commit, Go version, operating system and architecture",
		table: config.Table{jsonRow(&asJSON, "print one JSON object")},
		run: func(context.Context, []string) error {
			return currentBuild().write(a.stdout, asJSON)
		},
	})
}

// currentBuild reads what the Go linker knows of this program.
func currentBuild() build {
	current := build{Version: server.Version(), Commit: "unknown", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		current.read(info)
	}
	return current
}

func (b *build) read(info *debug.BuildInfo) {
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Commit = setting.Value
		case "vcs.time":
			b.Time = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
}

func (b build) write(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(b)
	}
	commit := b.Commit
	if b.Modified {
		commit += " (modified)"
	}
	_, err := fmt.Fprintf(w, "fastpubsub %s\ncommit %s\n%s %s/%s\n", b.Version, commit, b.Go, b.OS, b.Arch)
	return err
}

// jsonRow is the setting that asks for JSON on standard output.
func jsonRow(target *bool, meaning string) *config.Setting {
	return &config.Setting{Name: "json", Group: groupOutput, Value: config.Switch(target), Meaning: meaning}
}
