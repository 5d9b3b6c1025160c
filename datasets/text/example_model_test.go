package text_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/datasets/text"
	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// The vectorizer goes into the model's file, so that whoever serves the model
// numbers words as they were numbered in training.
func ExampleVectorizer_MarshalBinary() {
	ctx := context.Background()
	reviews := tensor.Must(text.FromStrings([]string{"great film", "bad film", "so great", "so bad"}, []int32{1, 0, 1, 0}))
	words := tensor.Must(text.Fit(ctx, reviews, text.Config{Mode: text.MultiHot}))
	model := dlkit.Sequential(tensor.Shape{words.Len()}, dlkit.Dense(1, dlkit.Sigmoid))
	if err := model.Compile(dlkit.CompileConfig{Optimizer: dlkit.Adam{LearningRate: 0.1}}); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := model.Fit(ctx, tensor.Must(words.Dataset(ctx, reviews)), dlkit.FitConfig{Epochs: 30}); err != nil {
		fmt.Println(err)
		return
	}
	if err := model.Attach("words", words); err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer // or model.SaveFile
	if err := model.Save(&file); err != nil {
		fmt.Println(err)
		return
	}

	// In another program:
	served := tensor.Must(dlkit.Load(&file))
	var sameWords text.Vectorizer
	if err := served.Attachment("words", &sameWords); err != nil {
		fmt.Println(err)
		return
	}
	for _, review := range []string{"A GREAT movie!", "Really bad."} {
		p := tensor.Must(served.Predict(ctx, tensor.Must(sameWords.Transform(review))))
		fmt.Println(review, "good:", tensor.Values[float32](p)[0] > 0.5)
	}
	// Output:
	// A GREAT movie! good: true
	// Really bad. good: false
}
