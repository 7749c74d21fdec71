package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server"
)

// command is a line of the standard input; one member is set.
type command struct {
	Start string `json:"start"`
	Drain string `json:"drain"`
}

// cluster carries out commands. Only answer is for any goroutine.
type cluster struct {
	config  server.Config // of each server, but for its name
	shared  *server.Cluster
	servers map[string]*server.Server // that were started, whether or not they have ended
	running sync.WaitGroup

	answering sync.Mutex
	answers   io.Writer
}

func newCluster(config server.Config, answers io.Writer) *cluster {
	config.MasterTokens = []server.Secret{server.NewSecret("MT_" + rand.Text())}
	return &cluster{config: config, shared: server.NewCluster(), servers: map[string]*server.Server{}, answers: answers}
}

// obey carries out commands until they end, and then ends all servers.
func (c *cluster) obey(commands io.Reader) error {
	ctx, end := context.WithCancel(context.Background())
	defer c.running.Wait()
	defer end()
	for decoder := json.NewDecoder(commands); ; {
		var next command
		if err := decoder.Decode(&next); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := c.carryOut(ctx, next); err != nil {
			return err
		}
	}
}

func (c *cluster) carryOut(ctx context.Context, next command) error {
	switch drained := c.servers[next.Drain]; {
	case next.Start != "" && next.Drain == "":
		return c.start(ctx, next.Start)
	case next.Start == "" && drained != nil:
		drained.Drain()
		return nil
	default:
		return fmt.Errorf("the command %+v neither starts a server nor drains one", next)
	}
}

// start runs a server, and answers once it is ready and once more when it has
// ended.
func (c *cluster) start(ctx context.Context, name string) error {
	config := c.config
	config.NodeName, config.Logger = name, config.Logger.With("node", name)
	s, err := c.shared.New(config)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	c.running.Go(func() { ended <- s.Run(ctx) })
	select {
	case <-s.Ready():
	case err := <-ended:
		return err
	}
	c.servers[name] = s
	if err := c.answerStarted(ctx, name, s); err != nil {
		return err
	}
	c.running.Go(func() { c.answerEnded(name, <-ended) })
	return nil
}

// tokenLife is longer than any test takes.
const tokenLife = 24 * time.Hour

func (c *cluster) answerStarted(ctx context.Context, name string, s *server.Server) error {
	everything := []string{"#"}
	created, err := s.CreateToken(ctx, &fastpubsubv1.CreateTokenRequest{CreatedBy: "clustertest", Right: &fastpubsubv1.Right{
		TenantGrants: []*fastpubsubv1.TenantGrant{{
			TenantIds: []string{"my-tenant", "~"}, AllowChannelsPub: everything, AllowChannelsSub: everything,
		}},
		ExpiresAt: timestamppb.New(time.Now().Add(tokenLife)),
	}})
	if err != nil {
		return err
	}
	return c.answer(map[string]string{
		"started": name, "http": s.HTTPAddr(), "grpc": s.GRPCAddr(),
		"master_token": c.config.MasterTokens[0].Reveal(), "access_token": created.GetToken(),
	})
}

// answerEnded says that a server has ended. Where nobody reads any more, nobody
// misses it.
func (c *cluster) answerEnded(name string, cause error) {
	answer := map[string]string{"ended": name}
	if cause != nil {
		answer["error"] = cause.Error()
	}
	_ = c.answer(answer)
}

func (c *cluster) answer(members map[string]string) error {
	c.answering.Lock()
	defer c.answering.Unlock()
	return json.NewEncoder(c.answers).Encode(members)
}
