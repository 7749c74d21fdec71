package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	conformancev1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/conformance/v1"
	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// Pending is a command that has been given and is not answered yet.
type Pending struct {
	s      *S
	id     uint64
	what   string
	result <-chan *conformancev1.Result
}

// start gives a command.
func (s *S) start(command *conformancev1.RunnerFrame) *Pending {
	what := describe(command)
	s.trace.add("> %s", what)
	result := s.environment.driver.Start(command) // gives it its id
	return &Pending{s: s, id: command.GetCommandId(), what: what, result: result}
}

func (s *S) call(command *conformancev1.RunnerFrame) *conformancev1.Result {
	return s.start(command).await()
}

// await waits for the result, which the driver must have been able to give.
func (p *Pending) await() *conformancev1.Result {
	result := p.receive()
	p.s.checkFault(result)
	return result
}

// receive waits for the result.
func (p *Pending) receive() *conformancev1.Result {
	patience := 2 * p.s.patience()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case result := <-p.result:
		p.s.trace.add("< %s: %s", p.what, shown(result))
		p.s.secrets.checkResult(result)
		return result
	case <-timer.C:
		panic(failure{Failed, p.what + " was not answered within " + patience.String() + ": it hangs"})
	}
}

// shown is a result for the trace, without the token that it may carry.
func shown(result *conformancev1.Result) string {
	if result.GetSuccess().GetToken().GetCreate() != nil {
		return "success, a token"
	}
	return strings.TrimSpace(fmt.Sprint(result.GetOutcome()))
}

// Answered says whether the result is there already.
func (p *Pending) Answered() bool { return len(p.result) > 0 }

// Succeeds waits for the result, which must be a success.
func (p *Pending) Succeeds() { p.s.value(p.await()) }

// Fails waits for the result, which must be an error of the SDK with the reason.
func (p *Pending) Fails(reason string) *conformancev1.SdkError {
	return p.s.failed(p.what, p.await(), reason)
}

// FailsIfExpressible waits for the result of a call that the types of an SDK may
// not let anybody write: an error with the reason, or "unsupported".
func (p *Pending) FailsIfExpressible(reason string) {
	result := p.receive()
	if _, unsupported := result.GetOutcome().(*conformancev1.Result_Unsupported); unsupported {
		return
	}
	p.s.checkFault(result)
	p.s.failed(p.what, result, reason)
}

// Ends waits for the result, whatever it is; nil: it is a success. A call that was
// given up without an error of the SDK has the reason CANCELED.
func (p *Pending) Ends() *conformancev1.SdkError {
	result := p.await()
	if result.GetCanceled() != nil {
		return &conformancev1.SdkError{Reason: "CANCELED", Message: "the call was given up, without an error of the SDK"}
	}
	return result.GetError()
}

// Cancel gives the command up, the way the language does.
func (p *Pending) Cancel() {
	p.s.start(&conformancev1.RunnerFrame{Command: &conformancev1.RunnerFrame_Cancel{Cancel: &conformancev1.CancelCommand{CommandId: p.id}}}).Succeeds()
}

// IsCanceled waits for the result of a call that was given up: the SDK's error
// CANCELED, or what the language has for it.
func (p *Pending) IsCanceled() { p.EndsWith("CANCELED") }

// EndsWith waits for the result, which must be an error with one of the reasons.
func (p *Pending) EndsWith(reasons ...string) {
	failure := p.Ends()
	if failure == nil {
		p.s.Failf("%s: expected one of the errors %v, got success", p.what, reasons)
	}
	if !slices.Contains(reasons, failure.GetReason()) {
		p.s.Failf("%s: expected one of the errors %v, got %s: %s", p.what, reasons, failure.GetReason(), failure.GetMessage())
	}
}

func (s *S) checkFault(result *conformancev1.Result) {
	switch outcome := result.GetOutcome().(type) {
	case *conformancev1.Result_Fault:
		panic(failure{DriverFault, outcome.Fault})
	case *conformancev1.Result_Unsupported:
		panic(failure{Unsupported, outcome.Unsupported})
	}
	if reported := result.GetError(); reported != nil {
		s.checkError(reported)
	}
}

// checkError fails the case on an error that no SDK may have: without a reason, with
// a text that is none for people, or with another opinion on retrying than the
// catalogue's or, for a reason of the SDK's own, than what all SDKs say (SDK-12).
func (s *S) checkError(reported *conformancev1.SdkError) {
	if reported.GetReason() == "" {
		s.Failf("an error without a reason: %s", text(reported))
	}
	if problem := problemOfText(reported); problem != "" {
		s.Failf("the text of an error %s: %s", problem, text(reported))
	}
	if want, known := retryable(reported.GetReason()); known && reported.GetRetryable() != want {
		s.Failf("%s: retryable is %v, must be %v", reported.GetReason(), reported.GetRetryable(), want)
	}
}

// ownRetryable is what every SDK says of reasons of its own. UNREACHABLE and
// TOKEN_SOURCE_FAILED are not here: they depend on what lies beneath, a
// certificate that is not trusted for example.
var ownRetryable = map[string]bool{
	"BUFFER_FULL": true, "TIMED_OUT": true, "CONNECTION_LOST": true, "CANCELED": false, "CLOSED": false,
}

// retryable is what the catalogue, or every SDK, says of a reason; known is false
// for reasons that may be either.
func retryable(reason string) (may, known bool) {
	if may, known = ownRetryable[reason]; known {
		return may, true
	}
	number, known := fastpubsubv1.ErrorReason_value["ERROR_REASON_"+reason]
	if !known {
		return false, false
	}
	value := fastpubsubv1.ErrorReason(number).Descriptor().Values().ByNumber(fastpubsubv1.ErrorReason(number).Number())
	traits := proto.GetExtension(value.Options().(*descriptorpb.EnumValueOptions), fastpubsubv1.E_Traits).(*fastpubsubv1.ErrorTraits)
	return traits.GetRetry() > fastpubsubv1.Retry_RETRY_NO, true
}

func (s *S) value(result *conformancev1.Result) *conformancev1.Success {
	if result.GetCanceled() != nil {
		s.Failf("expected success, got a call that was given up")
	}
	if result.GetSuccess() == nil {
		s.Failf("expected success, got the error %s: %s", result.GetError().GetReason(), result.GetError().GetMessage())
	}
	return result.GetSuccess()
}

func (s *S) failed(what string, result *conformancev1.Result, reason string) *conformancev1.SdkError {
	if result.GetSuccess() != nil {
		s.Failf("%s: expected the error %s, got success", what, reason)
	}
	if got := result.GetError().GetReason(); got != reason {
		s.Failf("%s: expected the error %s, got %q: %s", what, reason, got, result.GetError().GetMessage())
	}
	return result.GetError()
}
