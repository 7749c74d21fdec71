package scenario

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/fastpubsub/fastpubsub/conformance/internal/driver"
	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
)

// script is a driver that does what a test says: it answers each open with
// result, after the events, and everything else with success.
type script struct {
	events []*conformancev1.Event
	result *conformancev1.Result
	leaked uint32
	prints string
}

const secretOfToken = "0123456789abcdef0123456789abcdef"

func (d script) serve(diagnostics io.Writer) func(io.Reader, io.Writer) error {
	return func(in io.Reader, out io.Writer) error {
		err := driver.WriteFrame(out, &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Hello{Hello: &conformancev1.Hello{
			ProtocolVersion: 1, Sdk: "script", Capabilities: []string{"websocket"},
		}}})
		sequence := uint64(0)
		for err == nil {
			command := new(conformancev1.RunnerFrame)
			if driver.ReadFrame(in, command) != nil {
				return nil
			}
			result := &conformancev1.Result{Outcome: &conformancev1.Result_Success{Success: &conformancev1.Success{}}}
			switch {
			case command.GetOpen() != nil:
				fmt.Fprint(diagnostics, d.prints)
				for _, event := range d.events {
					sequence++
					event.Sequence = sequence
					if err := driver.WriteFrame(out, &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Event{Event: event}}); err != nil {
						return err
					}
				}
				if d.result != nil {
					result = d.result
				}
			case command.GetCloseAll() != nil:
				result.GetSuccess().Value = &conformancev1.Success_CloseAll{CloseAll: &conformancev1.CloseAllAnswer{Leaked: d.leaked, Detail: "a stack"}}
			}
			result.CommandId = command.GetCommandId()
			err = driver.WriteFrame(out, &conformancev1.DriverFrame{Frame: &conformancev1.DriverFrame_Result{Result: result}})
		}
		return err
	}
}

func (d script) run(t *testing.T, c Case) Outcome {
	e, err := NewEnvironment("", &Remote{WebSocketURL: "ws://127.0.0.1:1/ws"}, func(w io.Writer, events func(*conformancev1.Event)) (*driver.Driver, error) {
		return driver.StartInProcess(d.serve(w), events)
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close()) }()
	return e.Run(c, WebSocket)
}

func state(s conformancev1.ClientState) *conformancev1.Event {
	return &conformancev1.Event{Event: &conformancev1.Event_StateChanged{StateChanged: &conformancev1.StateChanged{Client: 1, State: s}}}
}

// closed and ended are the end of the client and of a subscription, for a reason
// or, without one, by the application.
func closed(cause *conformancev1.SdkError) *conformancev1.Event {
	event := state(Closed)
	event.GetStateChanged().Cause = cause
	return event
}

func ended(e *conformancev1.SdkError) *conformancev1.Event {
	return &conformancev1.Event{Event: &conformancev1.Event_SubscriptionEnded{SubscriptionEnded: &conformancev1.SubscriptionEnded{Subscription: 2, Error: e}}}
}

func takesEnd(reason string) func(*S) {
	return func(s *S) { s.Open(Opening{Token: "x"}).ExpectClosed(reason) }
}

func failing(e *conformancev1.SdkError) *conformancev1.Result {
	return &conformancev1.Result{Outcome: &conformancev1.Result_Error{Error: e}}
}

func reporting(e *conformancev1.SdkError) *conformancev1.Event {
	return &conformancev1.Event{Event: &conformancev1.Event_ErrorReported{ErrorReported: &conformancev1.ErrorReported{Client: 1, Error: e}}}
}

func opens(s *S) { s.Open(Opening{Token: "AT_id_" + secretOfToken}) }

func refused(s *S) { s.Refused(Opening{Token: "AT_id_" + secretOfToken}, "TOKEN_EXPIRED") }

// TestVerdicts: what fails a case, also one whose own steps have passed.
func TestVerdicts(t *testing.T) {
	defer goleak.VerifyNone(t)
	connected := []*conformancev1.Event{state(Connecting), state(Connected)}
	and := func(more ...*conformancev1.Event) []*conformancev1.Event { return append(connected[:2:2], more...) }
	expired := &conformancev1.SdkError{Reason: "TOKEN_EXPIRED", Retryable: true, Message: "get a fresh access token"}
	for name, c := range map[string]struct {
		driver  script
		run     func(*S)
		verdict Verdict
		message string
	}{
		"passes":             {script{events: connected}, opens, Passed, ""},
		"closed by itself":   {script{events: and(state(Closed))}, opens, Passed, ""},
		"closed for a cause": {script{events: and(closed(expired))}, opens, Failed, "should not have"},
		"a taken cause":      {script{events: and(closed(expired))}, takesEnd("TOKEN_EXPIRED"), Passed, ""},
		"ended by itself":    {script{events: and(ended(nil))}, opens, Passed, ""},
		"ended for a reason": {script{events: and(ended(expired))}, opens, Failed, "should not have"},
		"another state":      {script{events: and(state(Reconnecting))}, opens, Failed, "should not have"},
		"states disordered":  {script{events: []*conformancev1.Event{state(Connected)}}, opens, Failed, "expected the state"},
		"an unasked error":   {script{events: and(reporting(expired))}, opens, Failed, "should not have"},
		"an ignored error":   {script{events: and(reporting(expired))}, func(s *S) { s.Open(Opening{Token: "x"}).IgnoreErrors() }, Passed, ""},
		"the reason":         {script{result: failing(expired)}, refused, Passed, ""},
		"another reason":     {script{result: failing(&conformancev1.SdkError{Reason: "CLOSED", Message: "a text for people"})}, refused, Failed, "expected the error TOKEN_EXPIRED, got CLOSED"},
		"success instead":    {script{}, refused, Failed, "expected the error TOKEN_EXPIRED, got success"},
		"error instead":      {script{result: failing(expired)}, opens, Failed, "expected success"},
		"wrongly final":      {script{result: failing(&conformancev1.SdkError{Reason: "TOKEN_EXPIRED", Message: "a text for people"})}, refused, Failed, "retryable is false"},
		"own, wrongly final": {script{events: and(closed(&conformancev1.SdkError{Reason: "TIMED_OUT", Message: "a text for people"}))}, takesEnd("TIMED_OUT"), Failed, "retryable is false, must be true"},
		"own, wrongly not":   {script{events: and(closed(&conformancev1.SdkError{Reason: "CANCELED", Message: "a text for people", Retryable: true}))}, takesEnd("CANCELED"), Failed, "retryable is true, must be false"},
		"own, either":        {script{events: and(closed(&conformancev1.SdkError{Reason: "UNREACHABLE", Message: "a text for people"}))}, takesEnd("UNREACHABLE"), Passed, ""},
		"no text":            {script{result: failing(&conformancev1.SdkError{Reason: "TOKEN_EXPIRED", Retryable: true})}, refused, Failed, "fewer than 4 words"},
		"a leak":             {script{events: connected, leaked: 3}, opens, Failed, "3 tasks of the SDK are left behind"},
		"a secret in text":   {script{result: failing(&conformancev1.SdkError{Reason: "TOKEN_EXPIRED", Retryable: true, Message: "the secret is " + secretOfToken})}, refused, Failed, "a secret is shown in a result"},
		"a secret in event":  {script{events: and(reporting(&conformancev1.SdkError{Reason: "CLOSED", Message: "the secret is " + secretOfToken}))}, func(s *S) { s.Open(Opening{Token: "AT_id_" + secretOfToken}).ExpectError("CLOSED") }, Failed, "an event"},
		"a secret in stderr": {script{events: connected, prints: "token: " + secretOfToken}, opens, Failed, "standard error of the driver"},
		"a fault":            {script{result: &conformancev1.Result{Outcome: &conformancev1.Result_Fault{Fault: "thrown"}}}, opens, DriverFault, "thrown"},
		"unsupported":        {script{result: &conformancev1.Result{Outcome: &conformancev1.Result_Unsupported{Unsupported: "no"}}}, opens, Unsupported, "no"},
		"a panic":            {script{}, func(*S) { panic("oops") }, Failed, "the case panicked: oops"},
	} {
		t.Run(name, func(t *testing.T) {
			outcome := c.driver.run(t, Case{Name: name, Run: c.run})
			assert.Equal(t, c.verdict, outcome.Verdict, outcome.Message)
			assert.Contains(t, outcome.Message, c.message)
			assert.Equal(t, outcome.Verdict == Passed, outcome.Trace == "")
		})
	}
}

func TestCasesThatCannotRun(t *testing.T) {
	defer goleak.VerifyNone(t)
	outcome := script{}.run(t, Case{Needs: []string{"lag", "websocket", "token-client"}, Run: opens})
	assert.Equal(t, Unsupported, outcome.Verdict)
	assert.Equal(t, "the driver lacks lag, token-client", outcome.Message)
	assert.Equal(t, NotRun, script{}.run(t, Case{OwnsServer: true, Run: opens}).Verdict)
	assert.Equal(t, NotRun, script{}.run(t, Case{OwnsCluster: true, Run: opens}).Verdict)
}

// TestTrace keeps the beginning and the end, cuts long lines, shows no secret.
func TestTrace(t *testing.T) {
	trace := newTrace()
	for i := range 10_000 {
		trace.add("line %d", i)
	}
	trace.addEvent(&conformancev1.Event{Event: &conformancev1.Event_Message{Message: &conformancev1.MessageReceived{Payload: make([]byte, 1<<16)}}})
	text := trace.String()
	for _, wanted := range []string{"line 0\n", "line 399\n", "lines left out", "line 9999\n", "…"} {
		assert.Contains(t, text, wanted)
	}
	assert.Less(t, strings.Count(text, "\n"), 5000)
	assert.Less(t, len(text[strings.Index(text, "line 9999\n")+10:]), 2*maxLine)
	outcome := script{result: failing(&conformancev1.SdkError{Reason: "CLOSED", Message: "a text for people"})}.run(t, Case{Run: func(s *S) {
		s.Open(Opening{Token: "AT_id_" + secretOfToken})
	}})
	assert.Contains(t, outcome.Trace, "> open:{")
	assert.NotContains(t, outcome.Trace, secretOfToken)
}
