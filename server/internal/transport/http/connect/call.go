package connect

import (
	"context"
	"errors"
	"net/http"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
	"github.com/fastpubsub/fastpubsub/server/internal/transport/rpc"
)

var errorWriter = connect.NewErrorWriter()

// unknownMethod answers calls of what there is not, in the protocol of the call.
func unknownMethod(w http.ResponseWriter, r *http.Request) {
	refusal := apierror.Newf(apierror.RequestInvalid, "there is no method %s; use the service's definition", r.URL.Path)
	_ = errorWriter.Write(w, r, detailed(connect.CodeUnimplemented, refusal)) // the peer may be gone; nobody is left to tell
}

// rendered is a refusal as Connect sends it: code, text, and the ErrorInfo with
// the reason.
func rendered(refusal *apierror.Error) *connect.Error {
	return detailed(connect.Code(apierror.TraitsOf(refusal.Reason()).GRPC), refusal)
}

func detailed(code connect.Code, refusal *apierror.Error) *connect.Error {
	err := connect.NewError(code, errors.New(refusal.Message()))
	if detail, failed := connect.NewErrorDetail(refusal.Info()); failed == nil {
		err.AddDetail(detail)
	}
	return err
}

// answered is the error that a call ends with.
func (h *Handler) answered(ctx context.Context, m protoreflect.MethodDescriptor, err error) error {
	if refusal := rpc.Refusal(ctx, h.options.Logger, string(m.FullName()), err); refusal != nil {
		return rendered(refusal)
	}
	return nil
}

// read reads the one message of a call that has only one.
func (h *Handler) read(message *inbound, request proto.Message) error {
	if err := message.tooLarge(h.requestLimit()); err != nil {
		return err
	}
	if err := message.decode(request); err != nil {
		return apierror.Newf(apierror.RequestInvalid, "the message is no %s; use the service's definition", request.ProtoReflect().Descriptor().FullName())
	}
	return nil
}

// unary mounts a call with one request and one answer.
func unary[Req, Res any, R interface {
	*Req
	proto.Message
}](h *Handler, service protoreflect.ServiceDescriptor, name protoreflect.Name, answer func(context.Context, R) (*Res, error)) mounted {
	method := service.Methods().ByName(name)
	call := func(ctx context.Context, message *inbound) (*Res, error) {
		request := R(new(Req))
		if err := h.read(message, request); err != nil {
			return nil, h.answered(ctx, method, err)
		}
		response, err := answer(ctx, request)
		if err != nil {
			return nil, h.answered(ctx, method, err)
		}
		return response, nil
	}
	return mounted{procedureOf(method), connect.NewUnaryHandlerSimple(procedureOf(method), call, h.settings(method)...)}
}
