import { nearfield } from 'nearfield/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/shop/',
  build: { rolldownOptions: { input: ['index.html', 'tea.html', 'owls.html'] } },
  plugins: [nearfield()],
});
