package vectors

// The ways on which a refusal arrives at an SDK.
const (
	// ArrivalFailure is a Failure of the session protocol.
	ArrivalFailure = "failure"
	// ArrivalClose is the close of a WebSocket.
	ArrivalClose = "close"
	// ArrivalHTTP is the answer to the upgrade request, or to a call of the token API.
	ArrivalHTTP = "http"
	// ArrivalGRPC is the status of a gRPC call.
	ArrivalGRPC = "grpc"
)

// ErrorCase is a case of errors.json. Arrival says which of Failure, Close, HTTP
// and GRPC is set.
type ErrorCase struct {
	Case
	Arrival string          `json:"arrival"`
	Failure *Failure        `json:"failure"`
	Close   *WebSocketClose `json:"close"`
	HTTP    *HTTPRefusal    `json:"http"`
	GRPC    *GRPCStatus     `json:"grpc"`

	// Reason, Retryable and Text are what the SDK's error says. Text is nil when the
	// server has given none that counts, and the SDK's own is up to it.
	Reason    string  `json:"reason"`
	Retryable bool    `json:"retryable"`
	Text      *string `json:"text"`
}

// Failure is a Failure of the session protocol; the reason is its number in the
// contract.
type Failure struct {
	RequestID     uint64 `json:"request_id,string"`
	Reason        int32  `json:"reason"`
	Message       string `json:"message"`
	Retryable     bool   `json:"retryable"`
	ClosesSession bool   `json:"closes_session"`
}

// WebSocketClose is what a Close frame carries. The codes 1005 and 1006 stand for
// a Close frame without a code, and for no Close frame.
type WebSocketClose struct {
	Code int    `json:"code"`
	Text string `json:"text"`
}

// HTTPRefusal is an HTTP answer other than 101.
type HTTPRefusal struct {
	Status      int    `json:"status"`
	ContentType string `json:"content_type"`
	Body        string `json:"body"`
}

// GRPCStatus is the status with which a stream ends.
type GRPCStatus struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	// Details is an encoded google.rpc.Status, as grpc-status-details-bin carries
	// it; nil: there is none.
	Details Bytes `json:"details"`
	// ErrorInfo is the google.rpc.ErrorInfo in Details, for readers and for those
	// who make their own Details of it.
	ErrorInfo *ErrorInfo `json:"error_info"`
}

// ErrorInfo is a google.rpc.ErrorInfo.
type ErrorInfo struct {
	Reason   string            `json:"reason"`
	Domain   string            `json:"domain"`
	Metadata map[string]string `json:"metadata"`
}

// Errors loads errors.json.
func Errors() ([]ErrorCase, error) { return load[ErrorCase](files, "errors.json") }
