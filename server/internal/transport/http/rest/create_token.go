package rest

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
	"github.com/fastpubsub/fastpubsub/server/internal/apierror"
)

// createToken reads the body of get-token. The members of "right" may also
// stand at the top level; one that stands at both places is refused, so that no
// restriction is ever dropped.
func createToken(body []byte, request *fastpubsubv1.CreateTokenRequest) error {
	if err := unmarshal(body, request); err != nil {
		return err
	}
	flat := new(fastpubsubv1.Right)
	if err := unmarshal(body, flat); err != nil {
		return err
	}
	if request.GetRight() == nil {
		request.Right = flat
		return nil
	}
	return merge(request.GetRight(), flat)
}

// merge gives right the members of flat.
func merge(right, flat *fastpubsubv1.Right) error {
	into := right.ProtoReflect()
	var err error
	flat.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if into.Has(f) {
			err = apierror.Newf(apierror.RequestInvalid, "%s stands both in right and beside it; say it once", f.Name())
			return false
		}
		into.Set(f, v)
		return true
	})
	return err
}
