/* The exact Gaussian error linear unit, x Phi(x) (Hendrycks & Gimpel 2016), Phi being the normal
 * distribution function.
 */
#ifndef MASKSCOPE_NN_GELU_H
#define MASKSCOPE_NN_GELU_H

#include <stddef.h>

/* out[i] = gelu(in[i]). */
void gelu_forward(float *out, const float *in, size_t count);
/* gradient[i] *= gelu'(in[i]): from the gradient of the output to that of the input, in place. */
void gelu_backward(float *gradient, const float *in, size_t count);
/* The same, and values[i] becomes gelu(values[i]): the forward pass need not have kept it. */
void gelu_backward_again(float *gradient, float *values, size_t count);

#endif
