//go:build linux

package systems

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/wire"
)

// NATSVersion is the release of nats-server that is measured.
const NATSVersion = "v2.15.2"

// InstallNATS builds nats-server from its module, unless the folder has it.
func InstallNATS(folder string) (string, error) {
	folder, err := filepath.Abs(filepath.Join(folder, "nats-server-"+NATSVersion))
	if err != nil {
		return "", err
	}
	program := filepath.Join(folder, "nats-server")
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	install := exec.Command("go", "install", "github.com/nats-io/nats-server/v2@"+NATSVersion)
	install.Env = append(os.Environ(), "GOBIN="+folder)
	if out, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: go install of nats-server %s: %w\n%s", ErrNotInstalled, NATSVersion, err, out)
	}
	return program, nil
}

// NATSServer is nats-server, over TCP and over WebSocket.
func NATSServer(program string) []System {
	return []System{
		{Name: NATS, Version: NATSVersion, start: func(cpus []int, _ []string) (*Server, error) { return startNATS(program, cpus, false) }},
		{Name: NATSWebSocket, Version: NATSVersion, start: func(cpus []int, _ []string) (*Server, error) { return startNATS(program, cpus, true) }},
	}
}

// natsSettings leaves everything at its default but the addresses.
const natsSettings = `
listen: "127.0.0.1:-1"
ports_file_dir: "."
websocket { listen: "127.0.0.1:-1", no_tls: true }
`

func startNATS(program string, cpus []int, overWebSocket bool) (*Server, error) {
	p, err := start(cpus, func(dir string) (*exec.Cmd, error) {
		file := filepath.Join(dir, "nats.conf")
		return exec.Command(program, "-c", file), os.WriteFile(file, []byte(natsSettings), 0o600)
	})
	if err != nil {
		return nil, err
	}
	var ports struct {
		NATS      []string `json:"nats"`
		WebSocket []string `json:"websocket"`
	}
	err = p.awaitFile("nats-server_*.ports", func(data []byte) error { return json.Unmarshal(data, &ports) })
	if overWebSocket {
		address, err := firstHost(ports.WebSocket, err)
		return serverOf(p, address, wire.NATSWebSocket(address), err)
	}
	address, err := firstHost(ports.NATS, err)
	return serverOf(p, address, wire.NATS(), err)
}

// firstHost is host and port of the first URL.
func firstHost(urls []string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	if len(urls) == 0 {
		return "", errors.New("nats-server names no address")
	}
	parsed, err := url.Parse(urls[0])
	if err != nil {
		return "", err
	}
	return parsed.Host, nil
}
