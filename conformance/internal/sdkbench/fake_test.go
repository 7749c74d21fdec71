package sdkbench

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"testing"
)

// fakeMark is the environment variable that makes this test binary a measuring
// program.
const fakeMark = "SDKBENCH_FAKE"

func TestMain(m *testing.M) {
	if manner := os.Getenv(fakeMark); manner != "" {
		os.Exit(fake(manner, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// fake behaves as a measuring program of that manner.
func fake(manner string, args []string) int {
	flags := map[string]string{}
	for i := 0; i+1 < len(args); i += 2 {
		flags[strings.TrimPrefix(args[i], "--")] = args[i+1]
	}
	if os.Getenv("FASTPUBSUB_TOKEN") != "AT_1_2" || flags["tenant"] != "~" || flags["payload-bytes"] != "128" || flags["in-flight"] != "1024" || flags["rate"] != "1000" {
		fmt.Fprintln(os.Stderr, "called wrongly:", args)
		return 2
	}
	switch manner {
	case "good":
	case "lags":
		fmt.Fprintln(os.Stderr, "message 7 came instead of message 6")
		return 1
	case "talks":
		fmt.Println("hello")
		return 0
	case "says nothing":
		return 0
	case "talks on":
		fmt.Println(`{"event":"result","messages":` + flags["messages"] + `,"seconds":1,"cpu_seconds":1}`)
		fmt.Println(`{"event":"ready"}`)
		return 0
	case "fails late":
		fmt.Println(`{"event":"result","messages":` + flags["messages"] + `,"seconds":1,"cpu_seconds":1}`)
		fmt.Fprintln(os.Stderr, "cannot close")
		return 1
	case "hangs":
		never := make(chan os.Signal, 1)
		signal.Notify(never, os.Interrupt)
		<-never
	case "counts wrongly":
		flags["messages"], flags["subscriptions"] = "1", "1"
	case "invents members":
		fmt.Println(`{"event":"result","speed":1}`)
		return 0
	case "has no time":
		fmt.Println(`{"event":"result","messages":` + flags["messages"] + `}`)
		return 0
	}
	fmt.Println(answer(flags))
	return 0
}

// answer is what a good program says.
func answer(flags map[string]string) string {
	switch flags["measure"] {
	case "receive":
		fmt.Println(`{"event":"ready"}`)
		return `{"event":"result","messages":` + flags["messages"] + `,"seconds":0.001,"cpu_seconds":0.0005,"allocated_bytes":200000,"allocations":null}`
	case "publish":
		return `{"event":"result","messages":` + flags["messages"] + `,"seconds":2,"cpu_seconds":1,"allocated_bytes":null,"allocations":null}`
	case "latency":
		fmt.Println(`{"event":"ready"}`)
		return `{"event":"result","messages":` + flags["messages"] + `,"p50_ns":70000,"p99_ns":200000,"max_ns":3000000}`
	case "subscriptions":
		return `{"event":"result","subscriptions":` + flags["subscriptions"] + `,"bytes":10240000,"memory":"heap"}`
	default:
		return `{"event":"result"}`
	}
}
