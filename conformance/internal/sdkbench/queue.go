package sdkbench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// queuedMetric is the server's count of messages in all outgoing queues.
const queuedMetric = "fastpubsub_queued_messages"

// awaitRoom waits until the queues of a server have room again.
func awaitRoom(ctx context.Context, address string) error {
	for {
		queued, err := queuedMessages(ctx, address)
		if err != nil || queued < fullQueue {
			return err
		}
		select {
		case <-time.After(lookInterval):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// queuedMessages reads the metric.
func queuedMessages(ctx context.Context, address string) (float64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", http.NoBody)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	value, err := readMetric(response.Body, queuedMetric)
	_, drained := io.Copy(io.Discard, response.Body) // so that the connection can be used again
	return value, errors.Join(err, drained)
}

// readMetric is the value of a metric without labels in the Prometheus text.
func readMetric(text io.Reader, name string) (float64, error) {
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		if value, found := strings.CutPrefix(lines.Text(), name+" "); found {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, errors.Join(lines.Err(), fmt.Errorf("the server has no metric %s", name))
}
