package text_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/datasets/text"
	"github.com/gofromzero/fromzero/tensor"
)

func Example() {
	ctx := context.Background()
	reviews, err := text.FromStrings([]string{
		"A great film.<br />Really great!",
		"Bad acting, bad film...",
	}, []int32{1, 0})
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := text.Fit(ctx, reviews, text.Config{MaxTokens: 6, Length: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q\n", v.Vocabulary())

	data, err := v.Dataset(ctx, reviews)
	if err != nil {
		fmt.Println(err)
		return
	}
	for batch, err := range data.Batches(ctx, 32) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(batch.X(), batch.Y())
	}
	// Output:
	// ["" "[UNK]" "great" "film" "bad" "really"]
	// [[1 2 3 5 2]
	//  [4 1 4 3 0]] [1 0]
}

// Chinese text has no spaces: with Mixed, every character is a token, and so is
// every English word.
func ExampleConfig_chinese() {
	reviews := tensor.Must(text.FromStrings([]string{"味道很好，WiFi也很快！", "很慢。"}, nil))
	v := tensor.Must(text.Fit(context.Background(), reviews, text.Config{Split: text.Mixed, MaxTokens: 5}))
	fmt.Println(v.Tokens("很好的WiFi"))
	fmt.Printf("%q\n", v.Vocabulary())
	// Output:
	// [很 好 的 wifi]
	// ["" "[UNK]" "很" "道" "慢"]
}

// A bag of words and pairs of words, for a model without an embedding.
func ExampleConfig_bigrams() {
	v := tensor.Must(text.FromVocabulary([]string{"good", "not good", "film"}, text.Config{Mode: text.MultiHot, NGrams: 2}))
	fmt.Println(v.Vocabulary())
	fmt.Println(tensor.Must(v.Transform("Not good!", "good film")))
	// Output:
	// [[UNK] good not good film]
	// [[1. 1. 1. 0.]
	//  [1. 1. 0. 1.]]
}

// The program that serves a model loads the vectorizer that was saved when it
// was trained.
func ExampleLoad() {
	v := tensor.Must(text.FromVocabulary([]string{"good", "film"}, text.Config{Length: 3, PadLeft: true}))
	var file bytes.Buffer
	if err := v.Save(&file); err != nil {
		fmt.Println(err)
		return
	}
	served := tensor.Must(text.Load(&file))
	x := tensor.Must(served.Transform("A good film", "GOOD"))
	fmt.Println(x)
	fmt.Println(served.Decode(tensor.Values[int32](tensor.Must(x.Row(0)))))
	// Output:
	// [[1 2 3]
	//  [0 0 2]]
	// [UNK] good film <nil>
}
