//go:build linux

package systems

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/wire"
)

// Build builds the server of this tree and says where the program is.
func Build(folder string) (string, error) {
	program := filepath.Join(folder, "fastpubsub")
	build := exec.Command("go", "build", "-trimpath", "-o", program, "github.com/fastpubsub/fastpubsub/server/cmd/fastpubsub")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the server: %w\n%s", err, out)
	}
	return program, nil
}

// FastPubSub is our server, over each of its wires.
func FastPubSub(program string) []System {
	on := func(name string, w func(host, token string) wire.Wire, grpc bool) System {
		return System{Name: name, start: func(cpus []int, arguments []string) (*Server, error) {
			return startFastPubSub(program, cpus, arguments, w, grpc)
		}}
	}
	return []System{
		on(LLPS, wire.LLPS, false),
		on(SessionWebSocket, wire.SessionWebSocket, false),
		on(SessionGRPC, wire.SessionGRPC, true),
	}
}

func startFastPubSub(program string, cpus []int, arguments []string, w func(host, token string) wire.Wire, grpc bool) (*Server, error) {
	p, err := start(cpus, func(string) (*exec.Cmd, error) {
		fixed := []string{
			"serve", "--dev", "--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0",
			"--ready-file", "ready.json", "--log-level", "error",
		}
		return exec.Command(program, append(fixed, arguments...)...), nil
	})
	if err != nil {
		return nil, err
	}
	var ready struct {
		HTTP  string `json:"http"`
		GRPC  string `json:"grpc"`
		Token string `json:"access_token"`
	}
	err = p.awaitFile("ready.json", func(data []byte) error { return json.Unmarshal(data, &ready) })
	address := ready.HTTP
	if grpc {
		address = ready.GRPC
	}
	return serverOf(p, address, w(address, ready.Token), err)
}
