import { nearfield } from 'nearfield/docusaurus';

export default {
  title: 'A shop',
  url: 'https://shop.example',
  baseUrl: '/shop/',
  themes: ['@docusaurus/theme-classic'],
  plugins: ['@docusaurus/plugin-content-docs', '@docusaurus/plugin-content-pages', nearfield()],
};
