package apierror

import (
	"strconv"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
)

// Info is the error detail that gRPC and Connect errors carry.
func (e *Error) Info() *errdetails.ErrorInfo {
	return &errdetails.ErrorInfo{
		Reason:   Name(e.reason),
		Domain:   Domain,
		Metadata: map[string]string{"retryable": strconv.FormatBool(e.Retryable())},
	}
}

// GRPCStatus lets grpc-go send the error with its code, its text without the
// cause, and its ErrorInfo.
func (e *Error) GRPCStatus() *status.Status {
	plain := status.New(TraitsOf(e.reason).GRPC, e.message)
	detailed, err := plain.WithDetails(e.Info())
	if err != nil {
		return plain
	}
	return detailed
}
