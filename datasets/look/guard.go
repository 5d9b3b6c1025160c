package look

import (
	"context"

	"github.com/gofromzero/fromzero/tensor"
)

// Guard makes a function that does Check and returns an *Error if a finding is of
// the given level or worse. It is what dlkit's FitConfig.Check wants, so that
// Fit refuses data with faults:
//
//	model.Fit(ctx, train, dlkit.FitConfig{Check: look.Guard(look.Fatal, look.Outputs(10))})
//
// What was looked into and is all right is named by the option Allow.
func Guard(level Level, opts ...Option) func(ctx context.Context, train, validation tensor.Dataset) error {
	return func(ctx context.Context, train, validation tensor.Dataset) error {
		findings, err := Check(ctx, train, validation, opts...)
		if err != nil {
			return err
		}
		return findings.Without(gather(opts).allowed...).ErrAt(level)
	}
}
