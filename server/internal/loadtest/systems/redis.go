//go:build linux

package systems

import (
	"fmt"
	"net"
	"os/exec"
	"strings"
	"time"

	"github.com/fastpubsub/fastpubsub/server/internal/loadtest/wire"
)

// RedisServer is redis-server as it is installed.
func RedisServer() (System, error) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return System{Name: Redis}, fmt.Errorf("%w: redis-server", ErrNotInstalled)
	}
	out, err := exec.Command(program, "--version").Output()
	if err != nil {
		return System{Name: Redis}, err
	}
	return System{Name: Redis, Version: redisVersion(string(out)), start: func(cpus []int, _ []string) (*Server, error) {
		return startRedis(program, cpus)
	}}, nil
}

// redisVersion finds the word after "v=".
func redisVersion(text string) string {
	for word := range strings.FieldsSeq(text) {
		if version, ok := strings.CutPrefix(word, "v="); ok {
			return version
		}
	}
	return ""
}

// startRedis starts it without persistence, on a port that was free just now, for
// Redis cannot choose one.
func startRedis(program string, cpus []int) (*Server, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := free.Addr().String()
	_, port, err := net.SplitHostPort(address)
	if err = firstOf(err, free.Close()); err != nil {
		return nil, err
	}
	p, err := start(cpus, func(string) (*exec.Cmd, error) {
		return exec.Command(program, "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no", "--maxclients", "15000"), nil
	})
	if err != nil {
		return nil, err
	}
	err = p.await(func() bool {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return serverOf(p, address, wire.Redis(), err)
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
