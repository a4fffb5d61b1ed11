/** How many training examples a test example is shown, where what is shown is measured. */
export const TOP_K = 10
