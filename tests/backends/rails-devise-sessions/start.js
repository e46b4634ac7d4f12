import { startRails, whyNoRails } from "../lib/rails.js";

export const whyNot = whyNoRails;

const ORDERS = `
class OrdersController < ApplicationController
  prepend_before_action :authenticate_user!
  ITEMS = []

  def index = render(json: ITEMS)

  def create
    ITEMS << params[:item]
    render json: { item: params[:item] }, status: :created
  end
end`;

export async function start(page) {
  const server = await startRails(page, { "app/controllers/orders_controller.rb": ORDERS });
  return {
    ...server,
    scope: { email: "ada@example.com", password: "correct horse" },
    credentials: { user: { email: "ada@example.com", password: "correct horse" } },
    wrong: { user: { email: "ada@example.com", password: "wrong" } },
    user: { id: 1, name: "Ada" },
    api: "/orders",
    order: { item: "milk" },
    session: "_app_session",
  };
}
